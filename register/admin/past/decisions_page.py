"""Who decided what between two dates, as a page and as a file."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils import timezone

from register.admin.between import BetweenForm
from register.admin.exports import FORMATS, make_file_response
from register.clock import LONDON, today
from register.ledger.decisions import MOST, get_decisions
from register.models import clearance

USUALLY = timedelta(days=28)

COLUMNS = {
    "on": lambda decision: f"{decision.at.astimezone(LONDON):%Y-%m-%d %H:%M}",
    "question": lambda decision: decision.reference,
    "title": lambda decision: decision.title,
    "decided": lambda decision: decision.what,
    "by": lambda decision: decision.by,
    "organisation": lambda decision: decision.organisation,
    "role": lambda decision: decision.role,
    "why": lambda decision: decision.reason,
    "at meeting": lambda decision: decision.meeting,
    "answer": lambda decision: decision.answer.number if decision.answer else None,
    "text of the answer": lambda decision: decision.answer.text if decision.answer else "",
    "came to": lambda decision: decision.came_to,
    "ledger position": lambda decision: decision.position,
}


def decisions_page(request):
    """Show the decisions from one moment to another; both are given as people name them."""
    if not clearance(request.user):
        raise PermissionDenied("Ask for a role first: this login may read nothing.")
    asked = request.GET if request.GET.get("since") else {"since": (today() - USUALLY).isoformat()}
    form = BetweenForm(asked)
    between = _get_moments(form, request.user)
    decisions = get_decisions(*between, request.user) if between else []
    if between and (name := request.GET.get("format")) in FORMATS:
        lines = ([get_value(decision) for get_value in COLUMNS.values()] for decision in decisions)
        return make_file_response("decisions", name, COLUMNS, lines)
    context = {
        **admin.site.each_context(request),
        "title": "Decisions",
        "form": form,
        "between": between,
        "decisions": decisions,
        "most": MOST if len(decisions) == MOST else None,
    }
    return TemplateResponse(request, "register/decisions.html", context)


def _get_moments(form, user):
    """Return (since, until), or None with the refusal on the form. Without an end it is now."""
    moments = form.get_moments(user)
    return (moments["since"], moments["until"] or timezone.now()) if form.is_valid() and moments["since"] else None
