"""What is different between two readings of a question, whatever happened between them and was undone again."""

from typing import Any

from register.documents.building import read_items
from register.documents.kinds import KINDS
from register.documents.sources import Past
from register.models import LedgerEntry
from register.vocabulary import Status

Document = dict[str, Any]


def find_changed_questions(then: int, now: int) -> set[int]:
    """Return the keys of the questions of whose documents anything was recorded between two ledger positions."""
    entries = LedgerEntry.objects.filter(position__gt=then, position__lte=now, question_id__isnull=False)
    return {key for key in entries.order_by().values_list("question_id", flat=True).distinct() if key}


def read_at(kind: str, keys: Any, position: int, clearance: str) -> dict[int, Document]:
    """Return {key: document} of those of these items that could be read at a position, and can be now."""
    readings = read_items(KINDS[kind], keys, Past(position))
    return {key: found[clearance].document for key, found in readings if clearance in found}


def describe_difference(before: Document | None, now: Document) -> str:
    """Return in words what is different; nothing where all that people ask after is as it was."""
    status = Status(now["status"]).label
    if before is None:
        return f"new: {status}"
    said = [f"{Status(before['status']).label} → {status}"] if before["status"] != now["status"] else []
    known = {answer["number"] for answer in before["answers"]}
    said += [f"answer {answer['number']}" for answer in now["answers"] if answer["number"] not in known]
    said += ["reworded"] if (before["title"], before["text"]) != (now["title"], now["text"]) else []
    said += [f"owner {now['owner'] or 'nobody'}"] if before["owner"] != now["owner"] else []
    return "; ".join(said)


def get_net_changes(then: int, now: int, clearance: str) -> list[tuple[Document, str]]:
    """Return [(document, what is different)] of each question that differs between two positions, by reference."""
    keys = sorted(find_changed_questions(then, now))
    before, after = (read_at("question", keys, position, clearance) for position in (then, now))
    found = ((after[key], describe_difference(before.get(key), after[key])) for key in keys if key in after)
    return [(document, said) for document, said in found if said]
