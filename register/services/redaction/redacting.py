"""Take words out of places, all in one transaction, with who decided it and why in the ledger."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db import models

from register.characters import fold_for_search
from register.ledger.unit_of_work import record, unit_of_work
from register.models import HeadlineReport, MeetingPack, User
from register.models.search import rebuild_search_indexes
from register.refusals import Refused
from register.services.cleaning import require_text
from register.services.permissions import require_role
from register.services.redaction.places import Place, get_advice, is_audited, is_file, is_short_lived, parse_id
from register.services.redaction.searching import find_places, fold_words
from register.services.redaction.snapshots import redact
from register.vocabulary import Role

MARK = "[redacted]"


def redact_everywhere(words: str, *, by: User, reason: str) -> tuple[list[Place], list[Place]]:
    """Redact words in every place that holds them; return (the places that are done, those left to a person).

    Raises NotPermitted, Refused; nothing is then written.
    """
    _check_decision(by, reason)
    if fold_words(words) in fold_words(reason):
        raise Refused("Leave the words themselves out of the reason: it is kept.")
    places = list(find_places(words))  # before the lock: to search takes long, and writers need not wait for it
    done, left = [p for p in places if not p.advice], [p for p in places if p.advice]
    _redact_all([place.id for place in done], words, by=by, reason=reason)
    return done, left


def redact_places(places: Collection[str], *, by: User, reason: str) -> dict[str, list[int]]:
    """Redact the whole text of places, by the ids that `find_places` gives.

    Returns {column: positions} of other snapshots that still hold a text of those emptied. Raises NotPermitted,
    Refused; nothing is then written.
    """
    _check_decision(by, reason)
    return _redact_all(places, "", by=by, reason=reason)


def _check_decision(by: User, reason: str) -> None:
    require_role(by, Role.APPROVER, to="redact")
    require_text(reason, "Give a reason for the redaction.")


def _redact_all(places: Collection[str], words: str, *, by: User, reason: str) -> dict[str, list[int]]:
    standing = defaultdict(set)
    with unit_of_work():
        for place in dict.fromkeys(places):
            if not place.isdecimal():
                _redact_row(place, words, by=by, reason=reason)
                continue
            for column, positions in redact(int(place), by=by, reason=reason).items():
                standing[column].update(positions)
        rebuild_search_indexes()
    left = {column: sorted(p for p in positions if str(p) not in places) for column, positions in standing.items()}
    return {column: positions for column, positions in left.items() if positions}


def _redact_row(place: str, words: str, *, by: User, reason: str) -> None:
    row, column = get_row(place)
    if advice := get_advice(type(row), column):
        raise Refused(f"{place}: {advice}.")
    if is_short_lived(type(row)):
        row.delete()
    elif is_file(type(row), column):
        _empty_file(row, by=by, reason=reason)
    elif is_audited(type(row)):
        setattr(row, column, _mark(row, column, words))
        record(row, by=by, reason=reason)
    else:
        type(row)._base_manager.filter(pk=row.pk).update(**{column: _mark(row, column, words)})


def get_row(place: str) -> tuple[Any, str]:
    """Return (row, column) of a place that is no snapshot. Raises Refused where there is none."""
    model, key, column = parse_id(place) or (None, "", "")
    try:
        row = model and model._base_manager.filter(pk=key).first()
    except ValueError:
        row = None
    if row is None:
        raise Refused(f"There is no place {place}: `redact --find` lists them.")
    return row, column


def _empty_file(row: HeadlineReport | MeetingPack, *, by: User, reason: str) -> None:
    if row.is_file_redacted:
        raise Refused(f"The file of the {row} is redacted already.")
    row.content, row.is_file_redacted = b"", True
    record(row, by=by, reason=reason)


def _mark(row: models.Model, column: str, words: str) -> Any:
    """Return the column's text with a mark for the words, or the mark alone where no words are given."""
    held = getattr(row, column)
    marked = mark_words(held, words) if words and isinstance(held, str) else MARK
    return marked[: getattr(row._meta.get_field(column), "max_length", None)]


def mark_words(text: str, words: str) -> str:
    """Return text with `MARK` for each occurrence of words, found as `find_places` finds them."""
    folded, origins = _fold_with_origins(text)
    wanted, kept, end = fold_words(words), "", 0
    at = folded.find(wanted)
    while wanted and at >= 0:
        kept += text[end : origins[at]] + MARK
        end = origins[at + len(wanted) - 1] + 1
        at = folded.find(wanted, at + len(wanted))
    return kept + text[end:]


def _fold_with_origins(text: str) -> tuple[str, list[int]]:
    """Return (text as `fold_words` folds it but for its ends, for each letter of that the place that it came from)."""
    letters: list[str] = []
    origins: list[int] = []
    for place, original in enumerate(text):
        for letter in fold_for_search(original):
            if not (letter.isspace() and letters and letters[-1] == " "):
                letters.append(" " if letter.isspace() else letter)
                origins.append(place)
    return "".join(letters), origins
