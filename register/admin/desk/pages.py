"""The front page, and the page of what changed since a day."""

from collections import Counter
from datetime import timedelta

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from register.admin.between import BetweenForm
from register.admin.desk import sections
from register.admin.desk.changes import get_change_lines
from register.admin.desk.chart import count_by_time_in_status, make_matrix
from register.admin.desk.doubts import make_doubts_section
from register.admin.desk.waiting import get_latest_meetings, get_next_meeting, get_waiting
from register.clock import today
from register.documents.differences import get_net_changes
from register.documents.serving import get_clearance
from register.documents.sources import get_position_at
from register.models import LedgerHead, Tally
from register.models.tallies import TallyBy
from register.services.preferences import get_preferences, set_last_visit
from register.vocabulary import Role, Status

NEWS_ON_DESK, NEWS_ON_PAGE = 6, 200  # changes
USUALLY = timedelta(days=7)  # what is told to somebody who never said when the last visit was


def get_desk(user):
    """Return what the desk shows to a user, by name."""
    tallies = Tally.objects.visible_to(user)
    counts = tallies.filter(by=TallyBy.TOPIC).get_totals("status", "key")
    totals = Counter()
    for (status, _), count in counts.items():
        totals[status] += count
    found, since = _get_sections(user, totals), get_last_visit(user)
    changes, more = get_change_lines(user, since, NEWS_ON_DESK)
    return {
        "sections": [section for section in found if section.lines],
        "quiet": [section.quiet for section in found if not section.lines],
        "waiting": get_waiting(user, tallies, totals),
        "next_meeting": get_next_meeting(user),
        "meetings": get_latest_meetings(user),
        "changes": changes,
        "more_changes": more,
        "since": since,
        "matrix": make_matrix(counts),
        "standing": count_by_time_in_status(tallies, totals),
        "to_triage": totals[Status.RAISED] if user.has_role(Role.TRIAGE) else 0,
    }


def _get_sections(user, totals):
    """Return the sections of a person's roles, in the order in which they matter."""
    made = []
    if user.has_role(Role.MEMBER):
        made.append(sections.make_reviews_section(user))
    if user.has_role(Role.TRIAGE):
        made += [
            sections.make_late_section(user),
            sections.make_triage_section(user, totals[Status.RAISED]),
            make_doubts_section(user),
            sections.make_settle_section(user),
            sections.make_uploads_section(user),
        ]
    if user.has_role(Role.TRIAGE) or user.has_role(Role.APPROVER):
        made.append(sections.make_ready_section(user))
    if user.has_role(Role.TRIAGE):
        made += [
            sections.make_uncarried_section(user),
            sections.make_tab_section(user, "mine", "Assigned to you", "Nothing is assigned to you."),
            sections.make_tab_section(
                user, "deferred", "Deferred and due", "Nothing deferred is due.", ("revisit_on",)
            ),
            sections.make_tab_section(
                user, "silent", "Positions outstanding", "No position is outstanding.", ("review_by",)
            ),
        ]
    if user.has_role(Role.MEMBER):
        made += [sections.make_own_section(user), sections.make_decided_section(user)]
    return made or [sections.make_decided_section(user)]


def get_last_visit(user):
    """Return the moment since which changes are new to a user (aware, UTC): a week ago until one is set."""
    return get_preferences(user).last_visit or timezone.now() - USUALLY


@require_POST
def last_visit_page(request):
    """Set the person's last visit to now: all that is shown has been read."""
    set_last_visit(request.user, timezone.now())
    messages.success(request, "What changed from now on is shown next time.")
    return HttpResponseRedirect(reverse("admin:index"))


def _get_net_changes(since, until, user):
    """Return [(document, what is different)] between two moments, as the user may read."""
    now = get_position_at(until) if until else LedgerHead.objects.get().position
    readers = get_clearance(user)
    return get_net_changes(get_position_at(since), now, readers) if readers else []


def changes_page(request):
    """Show what changed since a moment, or the last visit where none is asked for, until another or now.

    First by question what is different, without what was undone again; then each thing that was recorded.
    """
    form = BetweenForm(request.GET or None, initial={"since": (today() - USUALLY).isoformat()})
    moments = form.get_moments(request.user)
    since, until = moments["since"] or get_last_visit(request.user), moments["until"]
    lines, more = get_change_lines(request.user, since, NEWS_ON_PAGE, until)
    context = {
        "net": _get_net_changes(since, until, request.user),
        "until": until,
        **admin.site.each_context(request),
        "title": "What changed",
        "form": form,
        "since": since,
        "lines": lines,
        "more": more,
        "days": [("today", today()), ("a week ago", today() - USUALLY), ("four weeks ago", today() - 4 * USUALLY)],
    }
    return TemplateResponse(request, "admin/changes.html", context)
