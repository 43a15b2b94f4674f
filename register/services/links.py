"""Link questions to meetings and actions, answers to changes, and strike out mistaken links."""

from typing import TypeVar

from register.characters import strip_unseen
from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.models import Action, ActionLink, Answer, Change, ChangeLink, Meeting, MeetingLink, Question
from register.refusals import Refused
from register.services.cleaning import clean_remark, clean_row
from register.services.permissions import require_role
from register.services.rows import reload_visible
from register.services.striking_out import strike_out_row
from register.vocabulary import LINKED_NOW, AnswerStatus, Role

Link = TypeVar("Link", MeetingLink, ActionLink, ChangeLink)


def link_meeting(
    question: Question, meeting: Meeting, kind: str, *, by: Actor, paragraph: str = "", reason: str = ""
) -> MeetingLink:
    """Link a question to a meeting: `kind` is one of `LINKED_NOW`, `paragraph` that of its report. Return the link.

    Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="link a meeting")
        if kind not in LINKED_NOW:
            raise Refused("Choose listed or raised: what became of a question at a meeting is an outcome.")
        link = MeetingLink(
            question=reload_visible(question, by), meeting=meeting, kind=kind, paragraph=strip_unseen(paragraph or "")
        )
        return record(clean_row(link), by=by, reason=clean_remark(reason))


def link_action(action: Action, question: Question, *, by: Actor, reason: str = "") -> ActionLink:
    """Link an action to the question that it serves; return the link. Raises as `link_meeting` does."""
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="link an action")
        link = ActionLink(action=reload_visible(action, by), question=reload_visible(question, by))
        return record(clean_row(link), by=by, reason=clean_remark(reason))


def link_change(change: Change, answer: Answer, *, by: Actor, reason: str = "") -> ChangeLink:
    """Link a change to an agreed answer that it carries; return the link. Raises as `link_meeting` does."""
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="link a change")
        link = ChangeLink(change=reload_visible(change, by), answer=reload_visible(answer, by))
        if link.answer.status != AnswerStatus.AGREED:
            raise Refused(f"Choose an answer that is agreed: {link.answer} is {link.answer.get_status_display()}.")
        return record(clean_row(link), by=by, reason=clean_remark(reason))


def strike_out(link: Link, *, by: Actor, reason: str) -> Link:
    """Mark a mistaken link to a meeting, action or change as struck out; return it. Raises as `link_meeting` does."""
    return strike_out_row(link, "link", by=by, reason=reason)
