"""The front page: what needs this person, in numbers that each lead to the list that they count."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Max, Q
from django.urls import reverse

from register.admin.lists import TABS
from register.models import Action, Meeting, MeetingLink, Question, Review, Topic
from register.services.door import today
from register.words import LIVE, AnswerStatus, LinkKind, Position, Role, Status

# (what it says, the most working days in the status; None for no end)
SPANS = (("up to a week", 5), ("up to a month", 20), ("up to a quarter", 60), ("longer", None))
SHOWN = 8  # rows of a short list
BAR, ROW, LEFT, WIDTH = 18, 30, 130, 560  # pixels of the picture


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and the address of the list that holds exactly that many rows."""

    count: int
    label: str
    address: str
    note: str = ""


def list_of(model="question", **query):
    return f"{reverse(f'admin:register_{model}_changelist')}?{urlencode(query)}"


def front_page(user):
    """Return what the front page shows to a user, by name."""
    seen = Question.objects.visible_to(user)
    shown = {"reviews_awaited": _reviews_awaited(user), "next_meeting": _next_meeting(user)}
    if user.has_role(Role.TRIAGE) or user.has_role(Role.APPROVER):
        shown |= {"figures": _figures(seen, user), "awaited": _awaited(seen), "figures_heading": "What needs you"}
    if user.has_role(Role.MEMBER):
        shown |= {"ours": _ours(seen, user), "latest": _latest(seen), "meetings": _meetings(user)}
    return shown | {"matrix": _matrix(seen), "standing": _standing(seen)}


def _ours(seen, user):
    """Return the live questions that the person's organisation owns or is waited on for."""
    body = user.organisation_id
    return seen.live().filter(Q(owner=body) | Q(waiting_on=body)).order_by("id")[:SHOWN] if body else ()


def _latest(seen):
    """Return the live questions that moved last, and the figure of all of them."""
    live = seen.live()
    return {"questions": live.order_by("-status_since")[:SHOWN], "all": Figure(live.count(), "live", list_of())}


def _meetings(user):
    return Meeting.objects.visible_to(user).select_related("group").order_by("-held_on", "-number")[:SHOWN]


def _figures(seen, user):
    """Return the figures of the tabs, counted in one statement each."""
    told = [
        ("triage", "need triage"),
        ("mine", "are mine"),
        ("overdue", "are overdue"),
        ("deferred", "are deferred and due"),
    ]
    figures = [Figure(TABS[tab][1](seen, user).count(), label, list_of(tab=tab)) for tab, label in told]
    in_review, silent = (TABS[tab][1](seen, user).count() for tab in ("review", "silent"))
    figures.append(Figure(in_review, "in review", list_of(tab="review")))
    figures.append(Figure(silent, "in review with positions outstanding", list_of(tab="silent")))
    overdue = Action.objects.visible_to(user).overdue(today()).count()
    return [*figures, Figure(overdue, "actions overdue", list_of("action", overdue="yes"))]


def _awaited(seen):
    """Return a figure for each organisation waited on, with how long the oldest has waited, longest first."""
    rows = (
        seen.awaiting_input()
        .with_ages(today())
        .order_by()
        .values("waiting_on", "waiting_on__name")
        .annotate(count=Count("pk"), oldest=Max("days_in_status"))
        .order_by("-oldest")
    )
    return [
        Figure(
            row["count"],
            row["waiting_on__name"],
            list_of(tab="awaiting", waiting_on__id__exact=row["waiting_on"]),
            f"the oldest for {row['oldest']} working days",
        )
        for row in rows
    ]


def _reviews_awaited(user):
    """Return the person's own reviews that say nothing yet, the most urgent first."""
    return (
        Review.objects.visible_to(user)
        .filter(reviewer=user, position=Position.NO_RESPONSE, answer__status=AnswerStatus.IN_REVIEW)
        .select_related("answer__question")
        .order_by("answer__question__review_by")
    )


def _next_meeting(user):
    """Return the next meeting to come with the questions scheduled for it, or None."""
    meeting = Meeting.objects.visible_to(user).filter(held_on__gte=today()).order_by("held_on").first()
    if meeting is None:
        return None
    links = MeetingLink.objects.visible_to(user).filter(meeting=meeting, kind=LinkKind.SCHEDULED, struck_out=False)
    return {"meeting": meeting, "scheduled": links.select_related("question")}


def _matrix(seen):
    """Return the counts by status and topic as a table: (headings, [(label, address, cells)])."""
    counted = seen.order_by().values_list("status", "topic").annotate(count=Count("pk"))
    counts = {(status, topic): count for status, topic, count in counted}
    topics = [(topic.pk, topic.name) for topic in Topic.objects.all()]
    columns = [*topics, *([(None, "no topic yet")] if any(topic is None for _, topic in counts) else [])]
    rows = [
        (status.label, [_cell(counts.get((status, topic), 0), status, topic) for topic, _ in columns])
        for status in Status
        if any(counted_status == status for counted_status, _ in counts)
    ]
    return {"headings": [name for _, name in columns], "rows": rows}


def _cell(count, status, topic):
    which = {"topic__isnull": "True"} if topic is None else {"topic__id__exact": topic}
    return Figure(count, "", list_of(tab="all", status__exact=status, **which))


def _standing(seen):
    """Return how long live questions have stood in their status: counts by span, and the bars of the picture."""
    spans = {f"span{n}": Count("pk", filter=_in_span(n)) for n in range(len(SPANS))}
    counted = seen.live().with_ages(today()).order_by().values("status").annotate(**spans)
    counts = {row["status"]: [row[name] for name in spans] for row in counted}
    rows = [(status.label, counts[status]) for status in LIVE if status in counts]
    most = max((sum(row) for _, row in rows), default=0)
    return {
        "spans": [label for label, _ in SPANS],
        "rows": rows,
        "bars": [_bar(n, label, row, most) for n, (label, row) in enumerate(rows)],
        "height": ROW * len(rows) + 6,
        "width": LEFT + WIDTH + 60,
    }


def _in_span(n):
    low = SPANS[n - 1][1] if n else -1
    high = SPANS[n][1]
    longer = Q(days_in_status__gt=low)
    return longer if high is None else longer & Q(days_in_status__lte=high)


def _bar(n, label, counts, most):
    """Return one status's bar: where its pieces begin, how wide they are, and which span each is."""
    top, left, pieces = n * ROW + 6, LEFT, []
    for span, count in enumerate(counts):
        width = round(WIDTH * count / most) if most else 0
        if width:
            pieces.append({"x": left, "width": width, "span": span})
        left += width
    return {
        "label": label,
        "y": top,
        "text_y": top + BAR - 4,
        "pieces": pieces,
        "end": left + 8,
        "total": sum(counts),
        "height": BAR,
    }
