"""Actions: a list with the overdue first, and a page that tells the life of each."""

from functools import partial

from django.contrib import admin
from django.db.models import Case, Count, Q, Value, When
from django.urls import path
from django.utils.html import format_html

from register.admin.actions.filters import OverdueFilter, WhoseFilter
from register.admin.actions.update_page import choose_update, update_page
from register.admin.changelist import OfferedChangeList
from register.admin.exports import Exported, export_page
from register.admin.kept import KeptAdmin
from register.admin.short_page import DayInput
from register.admin.suspects.doubts import list_doubts
from register.admin.suspects.filters import SUSPECT, SuspectFilter, note_suspects
from register.clock import today
from register.models import Action, ActionLink, ActionUpdate, Origin
from register.models.search import parse_action_references
from register.vocabulary import ActionStatus, Role, UpdateKind

COLUMNS = {
    "group": lambda action: action.group,
    "reference": lambda action: action.reference,
    "text": lambda action: action.text,
    "owner": lambda action: action.owned_by,
    "status": lambda action: action.get_status_display(),
    "due": lambda action: action.due_on,
    "due as written": lambda action: action.due_as_written,
    "given at": lambda action: action.meeting,
    "paragraph": lambda action: action.paragraph,
    "times carried": lambda action: action.carried,
    "superseded by": lambda action: action.superseded_by and action.superseded_by.reference,
    "transferred to": lambda action: action.transferred_to,
    "classification": lambda action: action.get_classification_display(),
}


def _put_overdue_first():
    """Return the ordering of actions: overdue ones by how long, then the open by when, then the ended."""
    is_open = Q(status=ActionStatus.OPEN)
    rank = Case(When(is_open & Q(due_on__lt=today()), then=Value(0)), When(is_open, then=Value(1)), default=Value(2))
    due = Case(When(is_open, then="due_on"))
    return rank, due.asc(nulls_last=True), "group__name", "reference_key"


class ActionList(OfferedChangeList):
    """A changelist that says which of its actions are in doubt."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        note_suspects(self.result_list, request.user)


@admin.register(Action)
class ActionAdmin(KeptAdmin):
    list_display = ("reference", "text", "owned_by", "status_word", "due_on", "due_as_written", "meeting", "carried")
    list_filter = (
        "status",
        OverdueFilter,
        WhoseFilter,
        SuspectFilter,
        ("owner", admin.RelatedOnlyFieldListFilter),
        ("group", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("group", "owner", "owner_group", "meeting__group", "superseded_by")
    search_fields = ("reference", "text")
    autocomplete_fields = ("meeting",)
    exclude = ("status",)  # an update changes it
    actions = (choose_update,)
    change_form_template = "register/action.html"
    change_list_template = "register/action_list.html"
    exported = Exported("actions", COLUMNS)

    def get_queryset(self, request):
        carried = Q(updates__kind=UpdateKind.CARRIED)
        return super().get_queryset(request).annotate(carried=Count("updates", filter=carried))

    def get_changelist(self, request, **kwargs):
        return ActionList

    def get_ordering(self, request):
        return _put_overdue_first()

    def get_actions(self, request):
        return super().get_actions(request) if request.user.has_role(Role.TRIAGE) else {}

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(partial(view, self))

        return [
            path("update/", page(update_page), name="register_action_update"),
            path("export.<str:name>", page(export_page), name="register_action_export"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        action = self.get_object(request, object_id)
        panels = {"is_whole": True, **_get_panels(action, request.user)} if action else {}
        return super().change_view(request, object_id, form_url, {**panels, **(extra_context or {})})

    def get_heading(self, action):
        return str(action)

    def find_named(self, rows, text):
        return rows.filter(reference__in=parse_action_references(text))

    @admin.display(description="owner")
    def owned_by(self, action):
        return action.owned_by

    @admin.display(description="status", ordering="status")
    def status_word(self, action):
        word = action.get_status_display()
        return format_html("{} {}", word, SUSPECT) if getattr(action, "is_suspect", False) else word

    @admin.display(description="times carried", ordering="carried")
    def carried(self, action):
        return action.carried or ""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "due_on":
            kwargs["widget"] = DayInput()
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def _get_panels(action, user):
    """Return what the template shows of an action, as far as the user may see it."""
    origins = Origin.objects.visible_to(user).filter(action=action).select_related("report__meeting__group")
    links = ActionLink.objects.visible_to(user).filter(action=action, struck_out=False).select_related("question")
    heir = action.superseded_by_id and Action.objects.visible_to(user).filter(pk=action.superseded_by_id)
    updates = ActionUpdate.objects.visible_to(user).filter(action=action).select_related("meeting__group")
    return {
        "action": action,
        "doubts": list_doubts(action, user),
        "origins": origins,
        "served": [link.question for link in links],
        "updates": [(update, update.history.latest()) for update in updates],
        "heir": heir.select_related("group").first() if heir else None,
        "supersedes": Action.objects.visible_to(user).filter(superseded_by=action).select_related("group"),
        "is_late": action.status == ActionStatus.OPEN and bool(action.due_on) and action.due_on < today(),
        "is_triage": user.has_role(Role.TRIAGE),
    }
