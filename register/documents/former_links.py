"""Links to meetings that say what an agenda and its outcomes say now, made before there were any, become these.

What a link said stays in its history. It is struck out, with the item or outcome that took its place beside it.
"""

from register.ledger.unit_of_work import record, unit_of_work
from register.models import AgendaItem, MeetingLink, MeetingOutcome
from register.vocabulary import LINKED_NOW, LinkKind

AT_ONCE = 500  # in one transaction
WHY = "It is kept as part of the meeting's agenda and outcomes from now on."


def move_former_links() -> int:
    """Make an agenda item or an outcome of each such link that stands; return how many there were."""
    standing = MeetingLink.objects.filter(struck_out=False).order_by("pk")
    scheduled = list(standing.filter(kind=LinkKind.SCHEDULED).values_list("pk", flat=True))
    others = standing.exclude(kind__in=[*LINKED_NOW, LinkKind.SCHEDULED])
    keys = [*scheduled, *others.values_list("pk", flat=True)]  # so that an outcome finds its scheduling
    for start in range(0, len(keys), AT_ONCE):
        with unit_of_work():
            for key in keys[start : start + AT_ONCE]:
                _move(MeetingLink.objects.get(pk=key))
    return len(keys)


def _move(link: MeetingLink) -> None:
    link.struck_out = True
    record(link, by=None, reason=WHY)
    about = {"question_id": link.question_id, "meeting_id": link.meeting_id}
    item = AgendaItem.objects.standing().filter(**about).first()
    if link.kind != LinkKind.SCHEDULED:
        outcome = {**about, "result": link.kind, "paragraph": link.paragraph, "item": item}
        if not MeetingOutcome.objects.filter(**outcome, struck_out=False).exists():
            record(MeetingOutcome(**outcome), by=None, reason=WHY)
    elif item is None:
        record(AgendaItem(**about, place=link.pk), by=None, reason=WHY)
