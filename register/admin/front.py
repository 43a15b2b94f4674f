"""The front page: what needs this person, in numbers that each lead to the list that they count."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from register import clock
from register.admin.lists import TABS
from register.admin.pages import count_up_to
from register.clock import today
from register.documents.tallies import get_day_key
from register.models import Action, Meeting, MeetingLink, Organisation, Question, Review, Tally, Topic
from register.models.questions import LIVE_STANDINGS
from register.models.tallies import TallyBy
from register.vocabulary import LIVE, AnswerStatus, LinkKind, Position, Role, Status

# (what it says, the most working days in the status; None for no end)
SPANS = (("up to a week", 5), ("up to a month", 20), ("up to a quarter", 60), ("longer", None))
SHOWN = 8  # rows of a short list
AS_FAR = 200  # what a figure is counted to: beyond it, that there are more is what matters
FEW = 200  # silent reviews of one person that are looked at one by one
MOST_AWAITED = 50  # reviews that a front page asks of one person
BAR, ROW, LEFT, WIDTH = 18, 30, 130, 560  # pixels of the picture


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and the address of the list that holds exactly that many rows."""

    count: int
    label: str
    address: str
    note: str = ""
    more: bool = False

    @property
    def text(self):
        return f"{self.count:,}{'+' * self.more}"


def get_list_address(model="question", **query):
    return f"{reverse(f'admin:register_{model}_changelist')}?{urlencode(query)}"


def get_front_page(user):
    """Return what the front page shows to a user, by name."""
    seen, tallies = Question.objects.visible_to(user), Tally.objects.visible_to(user)
    counts = tallies.filter(by=TallyBy.TOPIC).get_totals("status", "key")
    totals = Counter()
    for (status, _), count in counts.items():
        totals[status] += count
    shown = {"reviews_awaited": _get_awaited_reviews(user), "next_meeting": _get_next_meeting(user)}
    if user.has_role(Role.TRIAGE) or user.has_role(Role.APPROVER):
        awaited = _get_awaited_bodies(seen, tallies)
        shown |= {"figures": _get_figures(seen, user, totals), "awaited": awaited, "figures_heading": "What needs you"}
    if user.has_role(Role.MEMBER):
        shown |= {
            "ours": _get_own_questions(seen, user),
            "latest": _get_latest_questions(seen, totals),
            "meetings": _get_latest_meetings(user),
        }
    return shown | {"matrix": _make_matrix(counts), "standing": _count_by_time_in_status(tallies, totals)}


def _get_own_questions(seen, user):
    """Return the eldest live questions that the person's organisation owns or is waited on for."""
    body, live = user.organisation_id, seen.with_ages(today())
    if not body:
        return ()
    keys = {key for column in ("owner", "waiting_on") for key in _get_eldest_keys(live.filter(**{column: body}))}
    return sorted(live.filter(pk__in=keys), key=lambda question: (-question.age_in_days, question.pk))[:SHOWN]


def _get_eldest_keys(questions):
    return questions.get_keys_by_age(SHOWN, LIVE_STANDINGS, today())


def _get_latest_questions(seen, totals):
    """Return the live questions that moved last, and the figure of all of them."""
    live = sum(totals[status] for status in LIVE)
    return {"questions": seen.live().order_by("-status_since")[:SHOWN], "all": Figure(live, "live", get_list_address())}


def _get_latest_meetings(user):
    return Meeting.objects.visible_to(user).select_related("group").order_by("-held_on", "-number")[:SHOWN]


def _get_figures(seen, user, totals):
    """Return the figures of the tabs: of one status from the tallies, the others counted so far and no further."""

    def of_status(status, label, tab):
        return Figure(totals[status], label, get_list_address(tab=tab))

    def of_tab(tab, label):
        return _make_figure(TABS[tab][1](seen, user), label, get_list_address(tab=tab))

    late = Action.objects.visible_to(user).overdue(today())
    return [
        of_status(Status.RAISED, "need triage", "triage"),
        of_tab("mine", "are mine"),
        of_tab("overdue", "are overdue"),
        of_tab("deferred", "are deferred and due"),
        of_status(Status.IN_REVIEW, "in review", "review"),
        of_tab("silent", "in review with positions outstanding"),
        _make_figure(late, "actions overdue", get_list_address("action", overdue="yes")),
    ]


def _make_figure(rows, label, address):
    found = count_up_to(rows, AS_FAR)
    return Figure(min(found, AS_FAR), label, address, more=found > AS_FAR)


def _get_awaited_bodies(seen, tallies):
    """Return a figure for each organisation waited on, with how long the oldest has waited, longest first."""
    counts = tallies.filter(by=TallyBy.WAITING_ON).get_totals("key")
    oldest = seen.filter(waiting_on=OuterRef("pk")).order_by("status_since_day").values("status_since_day")[:1]
    bodies = Organisation.objects.filter(name__in=counts).annotate(since=Subquery(oldest)).order_by("since", "name")
    now = clock.day_number(today())
    return [
        Figure(
            counts[body.name],
            body.name,
            get_list_address(tab="awaiting", waiting_on__id__exact=body.pk),
            f"the oldest for {now - body.since} working days",
        )
        for body in bodies
    ]


def _get_awaited_reviews(user):
    """Return the person's own reviews that say nothing yet, the most urgent first."""
    silent = Review.objects.visible_to(user).filter(reviewer=user, position=Position.NO_RESPONSE)
    keys = list(silent.order_by().values_list("pk", flat=True)[: FEW + 1])
    keys = keys if len(keys) <= FEW else _get_first_ending(silent)
    return (
        silent.filter(pk__in=keys, answer__status=AnswerStatus.IN_REVIEW)
        .select_related("answer__question")
        .order_by("answer__question__review_by", "answer__question")[:MOST_AWAITED]
    )


def _get_first_ending(silent):
    """Return the keys of those of many silent reviews that end first, walking the questions in review in that order."""
    of_it = silent.filter(answer__question=OuterRef("pk"), answer__status=AnswerStatus.IN_REVIEW)
    ending = Question.objects.filter(review_by__isnull=False).order_by("review_by")
    first = ending.annotate(silent=Subquery(of_it.order_by().values("pk")[:1])).filter(silent__isnull=False)
    return list(first.values_list("silent", flat=True)[:MOST_AWAITED])


def _get_next_meeting(user):
    """Return the next meeting to come with the questions scheduled for it, or None."""
    meeting = Meeting.objects.visible_to(user).filter(held_on__gte=today()).order_by("held_on").first()
    if meeting is None:
        return None
    links = MeetingLink.objects.visible_to(user).filter(meeting=meeting, kind=LinkKind.SCHEDULED, struck_out=False)
    return {"meeting": meeting, "scheduled": links.select_related("question")}


def _make_matrix(counts):
    """Return the counts by status and topic as a table: (headings, [(label, address, cells)])."""
    topics = [(topic.pk, topic.name) for topic in Topic.objects.all()]
    columns = [*topics, *([(None, "")] if any(not topic for _, topic in counts) else [])]
    rows = [
        (status.label, [_make_cell(counts.get((status, name), 0), status, key) for key, name in columns])
        for status in Status
        if any(counted_status == status for counted_status, _ in counts)
    ]
    return {"headings": [name or "no topic yet" for _, name in columns], "rows": rows}


def _make_cell(count, status, topic):
    which = {"topic__isnull": "True"} if topic is None else {"topic__id__exact": topic}
    return Figure(count, "", get_list_address(tab="all", status__exact=status, **which))


def _count_by_time_in_status(tallies, totals):
    """Return how long live questions have stood in their status: counts by span, and the bars of the picture."""
    counts = {status: [*[0] * (len(SPANS) - 1), totals[status]] for status in LIVE if totals[status]}
    now = clock.day_number(today())
    lately = tallies.filter(by=TallyBy.SINCE, status__in=LIVE, key__gte=get_day_key(now - SPANS[-2][1]))
    for (status, day), count in lately.get_totals("status", "key").items():
        counts[status][_get_span(now - int(day))] += count
        counts[status][-1] -= count
    rows = [(status.label, counts[status]) for status in LIVE if status in counts]
    most = max((sum(row) for _, row in rows), default=0)
    return {
        "spans": [label for label, _ in SPANS],
        "rows": rows,
        "bars": [_make_bar(n, label, row, most) for n, (label, row) in enumerate(rows)],
        "height": ROW * len(rows) + 6,
        "width": LEFT + WIDTH + 60,
    }


def _get_span(days):
    """Return which span so many working days fall in."""
    return next(n for n, (_, most) in enumerate(SPANS) if most is None or days <= most)


def _make_bar(n, label, counts, most):
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
