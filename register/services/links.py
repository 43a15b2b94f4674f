"""Link questions to meetings and actions, and strike mistaken links out."""

from register.documents.keeping import writing
from register.ledger.chain import record
from register.models import ActionLink, MeetingLink
from register.refusals import Refused
from register.services.door import cleaned, needed, require_role, said, seen_again
from register.words import Role


def link_meeting(question, meeting, kind, *, by, paragraph="", reason=""):
    """Record what happened to a question at a meeting, with the paragraph of its report; return the link."""
    with writing():
        require_role(by, Role.TRIAGE, to="link a meeting")
        link = MeetingLink(
            question=seen_again(question, by), meeting=meeting, kind=kind, paragraph=(paragraph or "").strip()
        )
        return record(cleaned(link), by=by, reason=said(reason))


def link_action(action, question, *, by, reason=""):
    """Record that an action serves a question; return the link."""
    with writing():
        require_role(by, Role.TRIAGE, to="link an action")
        link = ActionLink(action=seen_again(action, by), question=seen_again(question, by))
        return record(cleaned(link), by=by, reason=said(reason))


def strike_out(link, *, by, reason):
    """Strike out a mistaken link to a meeting or an action; history keeps it. Return it."""
    with writing():
        link = seen_again(link, by)
        require_role(by, Role.TRIAGE, to="strike out a link")
        reason = needed(reason, "Give a reason: why the link is mistaken.")
        if link.struck_out:
            raise Refused("Leave it: the link is struck out already.")
        link.struck_out = True
        return record(link, by=by, reason=reason)
