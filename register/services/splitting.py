"""Split a question that is really two (as the first of CCDG15's five is), and keep the lineage."""

from register.clock import london_date
from register.documents.keeping import writing
from register.ledger.chain import record
from register.models import ActionLink, MeetingLink, Question
from register.refusals import Refused
from register.services.door import cleaned, needed, require_role, seen_again
from register.services.questions import check_not_stale, edit_question, record_raised
from register.words import Role, Status

SPLITTABLE = (Status.RAISED, Status.OPEN, Status.AWAITING_INPUT, Status.DEFERRED)
# What the new question has of the one that it is split from.
HANDED_DOWN = ("topic", "owner", "assignee", "priority", "classification", "due_on")


def may_split(question, by):
    """True where this person could split the question now."""
    return by.has_role(Role.TRIAGE) and question.status in SPLITTABLE


def split_question(question, *, by, title, text, new_title, new_text, reason, seen=None):
    """Leave `title` and `text` to the question and raise the rest as a new one, which is returned.

    The new question is raised by whoever splits, has the topic, owner, priority and classification of the first, was
    asked on the day that the first was, and has its links to meetings and actions.
    `seen` is as in `edit_question`. Raises NotVisible, NotPermitted, Refused, Stale.
    """
    with writing():
        question = seen_again(question, by)
        require_role(by, Role.TRIAGE, to="split a question")
        _can_be_split(question)
        check_not_stale(question, seen)
        # No reference in it: either question may come to be hidden, and a reason stays.
        reason = f"Split in two: {needed(reason, 'Give a reason: why it is really two questions.')}"
        rest = Question(title=(new_title or "").strip(), text=(new_text or "").strip(), **_handed_down(question))
        rest = record_raised(rest, by=by, reason=reason)
        edit_question(question, by=by, title=title, text=text, reason=reason)
        _copy_links(question, rest, by, reason)
        return rest


def _can_be_split(question):
    if question.status not in SPLITTABLE:
        listed = ", ".join(status.label for status in SPLITTABLE)
        raise Refused(f"{question.reference} is {question.get_status_display()}: only one that is {listed} is split.")


def _handed_down(question):
    asked = question.raised_on or london_date(question.recorded_at)
    return {"split_from": question, "raised_on": asked} | {name: getattr(question, name) for name in HANDED_DOWN}


def _copy_links(question, rest, by, reason):
    for model in (MeetingLink, ActionLink):
        for link in model.objects.filter(question=question, struck_out=False):
            link.pk, link.question, link._state.adding = None, rest, True
            record(cleaned(link), by=by, reason=reason)
