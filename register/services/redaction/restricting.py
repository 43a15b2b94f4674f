"""Make what places belong to Restricted, where words may stay but not everybody may read them."""

from collections.abc import Callable, Iterable
from typing import Any

from register.ledger.audited_models import get_audited_models
from register.ledger.unit_of_work import record, unit_of_work
from register.models import Action, Answer, HeadlineReport, LedgerEntry, MeetingPack, Question, User
from register.refusals import Refused
from register.services.answers import reclassify_answer
from register.services.permissions import require_role
from register.services.questions import reclassify_question
from register.services.redaction.redacting import get_row
from register.services.reference import keep
from register.vocabulary import Classification, Role

# The relations by which a row belongs to what has a classification that can be changed: the first that leads anywhere.
BELONGS_BY = {
    "review": ("answer",),
    "origin": ("report",),
    "meetinglink": ("question",),
    "agendaitem": ("question", "action"),
    "meetingoutcome": ("question",),
    "actionlink": ("action",),
    "actionupdate": ("action",),
    "changelink": ("answer",),
    "dismisseditem": ("report",),
    "suspectmark": ("report",),  # whose words it has; without a report it has none
    "answerground": ("rests_on_question", "rests_on_answer"),
}


def restrict_places(places: Iterable[str], *, by: User, reason: str) -> list[str]:
    """Make the question, answer, action or report of each place Restricted; return the names of those that change.

    The past of a Restricted row is Restricted too. All in one transaction. Raises NotPermitted, Refused; nothing is
    then written.
    """
    require_role(by, Role.TRIAGE, to="make a classification stricter")
    with unit_of_work():
        items = dict.fromkeys(_get_item(place) for place in places)
        loose = [item for item in items if item.classification != Classification.RESTRICTED]
        for item in loose:
            RESTRICTED_BY[type(item)](item, by, reason)
        return [str(item) for item in loose]


def _get_item(place: str) -> Any:
    """Return the row with a classification that a place belongs to."""
    row = _get_row_of_snapshot(int(place)) if place.isdecimal() else get_row(place)[0]
    owners = (getattr(row, name) for name in BELONGS_BY.get(row._meta.model_name, ()))
    row = next(filter(None, owners), row)
    if type(row) not in RESTRICTED_BY:
        raise Refused(f"Redact {place}: nothing classifies {row._meta.verbose_name_plural}.")
    return row


def _get_row_of_snapshot(position: int) -> Any:
    entry = LedgerEntry.objects.filter(position=position).first()
    if entry is None:
        raise Refused(f"There is no entry at position {position}.")
    model = get_audited_models()[entry.model]
    return model._base_manager.get(pk=model.history.get(history_id=entry.history_id).id)


def _restrict_question(question: Question, by: User, reason: str) -> None:
    reclassify_question(question, Classification.RESTRICTED, by=by, reason=reason)


def _restrict_answer(answer: Answer, by: User, reason: str) -> None:
    answer.refresh_from_db()  # its question may have made it stricter
    reclassify_answer(answer, Classification.RESTRICTED, by=by, reason=reason)


def _restrict_action(action: Action, by: User, reason: str) -> None:
    action.classification = Classification.RESTRICTED
    keep(action, by=by, reason=reason)


def _restrict_file(report: HeadlineReport | MeetingPack, by: User, reason: str) -> None:
    report.classification = Classification.RESTRICTED
    record(report, by=by, reason=reason)


RESTRICTED_BY: dict[type, Callable[[Any, User, str], None]] = {
    Question: _restrict_question,
    Answer: _restrict_answer,
    Action: _restrict_action,
    HeadlineReport: _restrict_file,
    MeetingPack: _restrict_file,
}
