"""Who is waited on, the longest first, and the meeting that comes next."""

from django.db.models import Count, Min, OuterRef, Q, Subquery

from register import clock
from register.admin.desk.figures import Figure, get_list_address
from register.clock import today
from register.models import AgendaItem, Meeting, Organisation, Question
from register.models.tallies import TallyBy
from register.vocabulary import Status
from register.workflow import MEMBERS_HOLD

SHOWN = 8


def get_waiting(user, tallies, totals):
    """Return a figure of all that waits on each body that was asked, and on the members."""
    seen = Question.objects.visible_to(user)
    return [*_get_bodies(seen, tallies), *_get_members(seen, totals)]


def _get_bodies(seen, tallies):
    asked = tallies.filter(by=TallyBy.WAITING_ON).get_totals("key")
    oldest = seen.filter(waiting_on=OuterRef("pk")).order_by("status_since_day").values("status_since_day")[:1]
    bodies = Organisation.objects.filter(name__in=asked).annotate(since=Subquery(oldest)).order_by("since", "name")
    shown = list(bodies[:SHOWN])
    owned = _count_owned(seen, shown)
    now = clock.day_number(today())
    return [
        Figure(
            asked[body.name] + owned.get(body.pk, 0),
            body.name,
            get_list_address(holder=body.name),
            _describe(asked[body.name], owned.get(body.pk, 0), now - body.since),
        )
        for body in shown
    ]


def _count_owned(seen, bodies):
    """Return {organisation's key: how many questions it owns and has to move}."""
    held = seen.filter(status__in=(Status.OPEN, Status.DEFERRED), owner__in=bodies)
    return dict(held.order_by().values_list("owner").annotate(count=Count("pk")))


def _describe(asked, owned, days):
    parts = [f"{asked} asked", f"{owned} owned"] if owned else [f"{asked} asked"]
    return f"{', '.join(parts)}; the oldest for {days:,} working day{'' if days == 1 else 's'}"


def _get_members(seen, totals):
    if not totals[Status.IN_REVIEW]:
        return []
    ends = seen.in_review().aggregate(first=Min("review_by"), late=Count("pk", filter=Q(review_by__lt=today())))
    note = (
        f"{ends['late']} ended" if ends["late"] else f"the first ends {ends['first']:%-d %B}" if ends["first"] else ""
    )
    return [Figure(totals[Status.IN_REVIEW], MEMBERS_HOLD, get_list_address(holder=MEMBERS_HOLD), note)]


def get_next_meeting(user):
    """Return the next meeting to come with the questions scheduled for it, or None."""
    meeting = Meeting.objects.visible_to(user).to_come(today()).first()
    if meeting is None:
        return None
    items = AgendaItem.objects.visible_to(user).standing().filter(meeting=meeting)
    scheduled = list(items.select_related("question", "action__group")[: SHOWN + 1])
    return {
        "meeting": meeting,
        "in_days": clock.working_days(today(), meeting.held_on),
        "scheduled": scheduled[:SHOWN],
        "more": len(scheduled) > SHOWN,
        "address": get_list_address(tab="all", meeting=str(meeting)),
    }


def get_latest_meetings(user):
    """Return the meetings that were or will be held last, latest first."""
    return Meeting.objects.visible_to(user).select_related("group").order_by("-held_on", "-number")[:SHOWN]
