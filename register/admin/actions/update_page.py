"""The page on which the same update is added to one action or several."""

from functools import partial
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from register.admin.keys import is_key
from register.admin.reference_field import ActionReferenceField
from register.admin.short_page import DayInput, SeenForm, short_page
from register.admin.used_once import used_once
from register.clock import today
from register.headline_report.report import LONGEST_PLACE
from register.ledger.versions import get_version_by_key
from register.models import Action, Meeting
from register.services.actions import Update, update_action, update_actions
from register.vocabulary import Role, UpdateKind

MOST = 200  # actions at once


class UpdateForm(SeenForm):
    kind = forms.ChoiceField(choices=UpdateKind.choices, widget=forms.RadioSelect, label="What is said of it")
    meeting = forms.ModelChoiceField(Meeting.objects.none(), required=False, help_text="Where it was said.")
    paragraph = forms.CharField(max_length=LONGEST_PLACE, required=False, help_text="Of the meeting's report: 2.1.")
    due_on = forms.DateField(
        required=False, widget=DayInput(), label="New day", help_text="Where it goes on: when it is due now."
    )
    superseded_by = ActionReferenceField(required=False, help_text="The action that takes its place: 16/01.")
    transferred_to = forms.CharField(max_length=200, required=False, help_text="Who takes it over.")
    note = forms.CharField(
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where no paragraph of a report says it.",
    )

    def __init__(self, *args, group, user, **kwargs):
        super().__init__(*args, **kwargs)
        held = Meeting.objects.visible_to(user).held_by(today()).select_related("group")
        self.fields["meeting"].queryset = held.order_by("-held_on", "-pk")
        heir = self.fields["superseded_by"]
        heir.user, heir.group = user, group


def choose_update(model_admin, request, queryset):
    """Lead from the rows that are ticked in the list to the page."""
    keys = queryset.order_by("pk").values_list("pk", flat=True)[:MOST]
    return HttpResponseRedirect(f"{reverse('admin:register_action_update')}?{urlencode({'of': list(keys)}, True)}")


choose_update.short_description = "Record an update"


@used_once
def update_page(model_admin, request):
    """Add an update to the actions that the address names."""
    if not request.user.has_role(Role.TRIAGE):
        raise PermissionDenied("Only Triage may update an action.")
    actions = _get_actions(request)
    only = actions[0] if len(actions) == 1 else None

    def act(given):
        seen, update = given.pop("seen"), Update(**given)
        if only:
            return f"Recorded of {only}: {update_action(only, update, by=request.user, seen=seen)}."
        return f"Recorded of {len(update_actions(actions, update, by=request.user))} actions."

    return short_page(
        model_admin,
        request,
        form_class=partial(UpdateForm, group=actions[0].group, user=request.user),
        initial={"seen": get_version_by_key(Action, str(only.pk))} if only else None,
        act=act,
        title=f"Update {only}" if only else f"Update {len(actions)} actions",
        button="Record",
        about=only or f"{len(actions)} actions",
        reading=[{"heading": str(action), "text": action.text} for action in actions],
        back=_get_way_back(only),
    )


def _get_actions(request):
    keys = [key for key in request.GET.getlist("of") if is_key(key)][:MOST]
    actions = list(Action.objects.visible_to(request.user).filter(pk__in=keys).select_related("group"))
    if not actions:
        raise Http404("There is no such action.")
    return actions


def _get_way_back(only):
    if only:
        return reverse("admin:register_action_change", args=[only.pk])
    return reverse("admin:register_action_changelist")
