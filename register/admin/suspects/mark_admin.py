"""The pages on which a mark is brought to its end."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path

from register.admin.guarded import RegisterAdmin
from register.admin.rows import get_row_for
from register.admin.short_page import ReasonForm, short_page
from register.admin.suspects.doubts import SHOWN_WITH, Doubt, get_item_address
from register.admin.used_once import used_once
from register.ledger.timeline import compare_words
from register.models import SuspectMark
from register.services.suspects.clearing import clear_all_alike, clear_mark, list_alike, take_wording
from register.vocabulary import Role


class TakeForm(forms.Form):
    reason = forms.CharField(
        label="Reason (optional)",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Left empty, the history names the edition and the paragraph.",
    )


@admin.register(SuspectMark)
class SuspectMarkAdmin(RegisterAdmin):
    """Marks are made by what changes, and end by one of these pages; nothing else about them changes."""

    list_display = ("item_reference", "cause", "report", "paragraph", "standing", "ended_as")
    list_filter = ("standing", "cause")
    list_select_related = SHOWN_WITH
    fields = ("item_reference", "cause", "report", "paragraph", "was", "reads", "standing", "ended_as")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_module_permission(self, request):
        return False  # reached from what is suspect, not from the index

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(partial(view, self))

        return [
            path("<int:object_id>/clear/", page(clear_page), name="register_suspectmark_clear"),
            path("<int:object_id>/take/", page(take_page), name="register_suspectmark_take"),
            *super().get_urls(),
        ]


@used_once
def clear_page(model_admin, request, object_id):
    """Say why what is suspect stands all the same."""
    mark = _get_mark(model_admin, request, object_id)
    alike = list_alike(mark, request.user) if mark.standing else []

    def act(given):
        if given.pop("all_alike", False):
            cleared = clear_all_alike(mark, by=request.user, **given)
            return f"{', '.join(one.item_reference for one in cleared)} are no longer suspect for this."
        clear_mark(mark, by=request.user, **given)
        return f"{mark.item_reference} is no longer suspect for this."

    change = Doubt(mark, request.user).change
    reading = [{"heading": _name_passage(mark), "change": change}] if change else []
    asks = [f"Say why {mark.item_reference} stands all the same: {mark.get_cause_display()}."]
    return _make_page(model_admin, request, mark, _make_form_class(alike), act, "Clear", reading=reading, asks=asks)


def _make_form_class(alike):
    """Return the form to clear a mark, which offers to clear those that rest on the same paragraph with it."""
    if not alike:
        return ReasonForm
    called = ", ".join(one.item_reference for one in alike)
    field = forms.BooleanField(required=False, label=f"Clear what rests on the same paragraph as well: {called}")
    return type("ClearAlikeForm", (ReasonForm,), {"all_alike": field})


@used_once
def take_page(model_admin, request, object_id):
    """Give a question or an action the words that it has in the new edition."""
    mark = _get_mark(model_admin, request, object_id)

    def act(given):
        take_wording(mark, by=request.user, **given)
        return f"{mark.item_reference} reads as the new edition has it."

    change = {"pieces": compare_words(getattr(mark.item, "text", ""), mark.new_words)}
    reading = [{"heading": f"{mark.item_reference} as it will read", "change": change}] if mark.new_words else []
    return _make_page(model_admin, request, mark, TakeForm, act, "Take the new wording", reading=reading)


def _get_mark(model_admin, request, object_id):
    return get_row_for(model_admin, request, object_id, Role.TRIAGE, to="clear what is suspect")


def _name_passage(mark):
    if mark.ground:
        return f"{mark.ground.ground_reference}, as it reads now"
    return f"Paragraph {mark.paragraph} of the {mark.report}"


def _make_page(model_admin, request, mark, form_class, act, button, **more):
    back = get_item_address(mark)
    if request.method == "GET" and not mark.standing:
        messages.info(request, f"{mark.item_reference} was cleared of that already.")
        return HttpResponseRedirect(back)
    title = f"{button}: {mark.item_reference}"
    about = mark.item_reference
    return short_page(
        model_admin,
        request,
        form_class=form_class,
        act=act,
        title=title,
        button=button,
        about=about,
        back=back,
        **more,
    )
