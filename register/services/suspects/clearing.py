"""Bring a suspect mark to its end: with a reason, or by taking the new wording."""

from register.ledger.unit_of_work import record, unit_of_work
from register.models import Action, Question, SuspectMark, User
from register.refusals import Refused
from register.services.cleaning import require_text
from register.services.permissions import require_role
from register.services.questions import edit_question
from register.services.reference import keep
from register.services.rows import reload_visible
from register.services.suspects.grounds import take_note
from register.services.suspects.marks import end_mark
from register.services.titles import make_title
from register.vocabulary import Role, SuspectCause, SuspectEnd


def clear_mark(mark: SuspectMark, *, by: User, reason: str) -> SuspectMark:
    """Record that what is suspect stands all the same, and why; return the mark.

    An answer rests from then on what it rests on as that reads now. Raises NotVisible, NotPermitted, Refused.
    """
    with unit_of_work():
        mark = _reload_standing(mark, by)
        if mark.ground and mark.cause == SuspectCause.GROUND_SUSPECT:
            raise Refused(f"Clear {mark.ground.ground_reference} first: {mark.item_reference} is suspect with it.")
        reason = require_text(reason, "Give a reason: why it stands all the same.")
        if mark.ground:
            record(take_note(mark.ground), by=by, reason=reason)
        return end_mark(mark, SuspectEnd.CLEARED, by=by, reason=reason)


def list_alike(mark: SuspectMark, by: User) -> list[SuspectMark]:
    """Return the other standing marks that rest on the same paragraph of the same edition, as `by` may see them."""
    if mark.report_id is None:
        return []
    same = SuspectMark.objects.visible_to(by).standing().filter(report=mark.report_id, paragraph=mark.paragraph)
    return list(same.exclude(pk=mark.pk).select_related("question", "answer__question", "action__group"))


def clear_all_alike(mark: SuspectMark, *, by: User, reason: str) -> list[SuspectMark]:
    """Clear a mark and `list_alike` with one reason, all or none; return them. As `clear_mark`."""
    with unit_of_work():
        return [clear_mark(one, by=by, reason=reason) for one in [mark, *list_alike(mark, by)]]


def take_wording(mark: SuspectMark, *, by: User, reason: str = "") -> SuspectMark:
    """Give a question or an action the words that it has in the new edition; return the mark.

    Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work():
        mark = _reload_standing(mark, by)
        if not mark.new_words:
            raise Refused("Clear it with a reason instead: the new edition has no words of its own for it.")
        reason = reason or f"As the new edition of the {mark.report} has it, {mark.paragraph}"
        _reword(mark.item, mark.new_words, by, reason)
        return end_mark(mark, SuspectEnd.TAKEN, by=by, reason=reason)


def _reload_standing(mark: SuspectMark, by: User) -> SuspectMark:
    mark = reload_visible(mark, by)
    require_role(by, Role.TRIAGE, to="clear what is suspect")
    if not mark.standing:
        raise Refused(f"Leave it: {mark.item_reference} was cleared of that already.")
    return mark


def _reword(item: object, words: str, by: User, reason: str) -> None:
    if isinstance(item, Question):
        edit_question(item, by=by, reason=reason, text=words, title=make_title(words))
    elif isinstance(item, Action):
        item.text = words
        keep(item, by=by, reason=reason)
