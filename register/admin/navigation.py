"""What the header leads to: the rooms that everybody has, and what is set up by those who may."""

from django.contrib import admin
from django.urls import reverse

from register.models import Action, Change, Group, HeadlineReport, Meeting, Organisation, Question, Token, Topic, User

ROOMS = (
    (Question, "Questions"),
    (Meeting, "Meetings"),
    (Action, "Actions"),
    (HeadlineReport, "Reports"),
    (Change, "Changes"),
)
SET_UP = (Topic, Organisation, Group, User, Token)


def get_navigation(request):
    """Return {"rooms": [...], "set_up": [...]} for a signed-in request: each a list of (label, address, is it here)."""
    desk = reverse("admin:index")
    rooms = [("Desk", desk, request.path == desk), *(_make_link(request, *room) for room in ROOMS)]
    kept = [model for model in SET_UP if admin.site.get_model_admin(model).has_add_permission(request)]
    return {
        "rooms": rooms,
        "set_up": [_make_link(request, model, str(model._meta.verbose_name_plural).capitalize()) for model in kept],
    }


def _make_link(request, model, label):
    address = reverse(f"admin:register_{model._meta.model_name}_changelist")
    return label, address, request.path.startswith(address)
