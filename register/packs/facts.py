"""What the register held at a moment, for readers of a classification: the facts of a meeting's pack."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet

from register.clock import end_of_day, london_date
from register.documents.differences import Document, find_changed_questions, read_at
from register.documents.sources import Past, get_position_at
from register.models import Action, LedgerEntry, Meeting, Question
from register.vocabulary import ActionStatus, Classification, Status

# Questions in these are told of, whether they are on the agenda or not.
TOLD = (Status.AWAITING_INPUT, Status.IN_REVIEW, Status.AGREED)


@dataclass
class Facts:
    """Documents as they read at `position` with the clearance `classification`.

    `questions` and `before` map references to documents, now and after the group's last meeting. `left_out` has the
    references of what could be read at that clearance then, and cannot be today.
    """

    meeting: Document
    group: str
    classification: str
    as_at: datetime
    position: int
    digest: str
    last_meeting: str = ""
    questions: dict[str, Document] = field(default_factory=dict)
    before: dict[str, Document] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    actions: list[Document] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def day(self) -> date:
        return london_date(self.as_at)


def gather(meeting: Meeting, classification: str, as_at: datetime) -> Facts:
    """Return the facts of a meeting at an aware moment, for readers of a classification and what is looser.

    What is stricter now than it was then counts as strict as now. Raises LookupError where the register did not hold
    the meeting yet.
    """
    position = get_position_at(as_at)
    held = read_at("meeting", [meeting.pk], position, classification)
    if meeting.pk not in held:
        raise LookupError(f"The register did not hold {meeting} yet at that moment.")
    entry = LedgerEntry.objects.get(position=position)
    facts = Facts(
        held[meeting.pk], meeting.group.full_name or str(meeting.group), classification, as_at, position, entry.digest
    )
    _add_questions(facts, meeting)
    _add_actions(facts, meeting)
    return facts


def _add_questions(facts: Facts, meeting: Meeting) -> None:
    since = _find_last_meeting(facts, meeting)
    then = get_position_at(end_of_day(date.fromisoformat(since["held_on"]))) if since else 0
    facts.last_meeting = since["name"] if since else ""
    changed = find_changed_questions(then, facts.position)
    keys = changed | _find_told(facts.position) | _find_on_agenda(meeting, facts.position)
    found = read_at("question", sorted(keys), facts.position, facts.classification)
    facts.questions = {document["reference"]: document for document in found.values()}
    facts.before = {
        d["reference"]: d for d in read_at("question", sorted(changed), then, facts.classification).values()
    }
    facts.changed = [found[key]["reference"] for key in sorted(changed) if key in found]
    facts.holds += [f"question:{key}" for key in sorted(found)]
    facts.holds += [f"answer:{answer['id']}" for key in sorted(found) for answer in found[key]["answers"]]
    _find_left_out(facts, sorted(keys - set(found)))


def _find_last_meeting(facts: Facts, meeting: Meeting) -> Document | None:
    """Return the last meeting of the group before this one that was held by then, or None."""
    held_on = meeting.held_on or facts.day
    versions = Past(facts.position).get_versions(Meeting).filter(group_id=meeting.group_id, held_on__lt=held_on)
    versions = versions.filter(Q(cancelled=False) | Q(cancelled=None), held_on__lte=facts.day).exclude(id=meeting.pk)
    last = versions.order_by("-held_on", "-number").values_list("id", flat=True).first()
    return read_at("meeting", [last], facts.position, facts.classification).get(last) if last else None


def _find_told(position: int) -> set[int]:
    return _get_ids(Past(position).get_versions(Question).filter(status__in=TOLD))


def _find_on_agenda(meeting: Meeting, position: int) -> set[int]:
    items = Past(position).get_versions(meeting.agenda.model).filter(meeting_id=meeting.pk, question_id__isnull=False)
    return set(items.order_by().values_list("question_id", flat=True))


def _get_ids(versions: QuerySet) -> set[int]:
    return set(versions.order_by().values_list("id", flat=True))


def _find_left_out(facts: Facts, keys: list[int]) -> None:
    """Note what was as loose then as this pack, and was made stricter since."""
    seen = Classification.values[: Classification.values.index(facts.classification) + 1]
    versions = Past(facts.position).get_versions(Question).filter(id__in=keys, classification__in=seen)
    now = Question.objects.filter(pk__in=versions.values("id")).exclude(classification__in=seen)
    facts.left_out += list(now.order_by("pk").values_list("reference", flat=True))


def _add_actions(facts: Facts, meeting: Meeting) -> None:
    """Add the actions of the group that were open, and those on the agenda."""
    open_then = Past(facts.position).get_versions(Action).filter(group_id=meeting.group_id, status=ActionStatus.OPEN)
    found = read_at("action", sorted(_get_ids(open_then)), facts.position, facts.classification)
    order = dict(Action.objects.filter(pk__in=found).values_list("pk", "reference_key"))
    facts.actions = [found[key] for key in sorted(found, key=lambda key: order[key])]
    facts.holds += [f"action:{key}" for key in sorted(found)]
