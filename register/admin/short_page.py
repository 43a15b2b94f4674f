"""A short page: one form, one service, one button."""

from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse

from register.admin.problems import add_refusal
from register.admin.used_once import answer_once, get_form_token
from register.clock import EARLIEST, LATEST
from register.kept_text import bring_back
from register.refusals import NotPermitted, NotVisible, Refused, Stale
from register.vocabulary import Classification, Role, strictness


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__({"min": EARLIEST.isoformat(), "max": LATEST.isoformat()}, format="%Y-%m-%d")


class SeenForm(forms.Form):
    """Carries the version that was shown, so that nobody overwrites what they have not seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


def other_classifications(row, user):
    """Return the choices of another classification that this person may give the row."""
    if not (user.has_role(Role.TRIAGE) or user.has_role(Role.APPROVER)):
        return []
    stricter = (choice for choice in Classification.choices if strictness(choice[0]) > strictness(row.classification))
    looser = (choice for choice in Classification.choices if strictness(choice[0]) < strictness(row.classification))
    return [*(looser if user.has_role(Role.APPROVER) else ()), *(stricter if user.has_role(Role.TRIAGE) else ())]


def reclassify_form(row, user):
    """Return a form class that offers the other classifications which this person may give the row."""
    said = f"It is {row.get_classification_display()} now."
    if not user.has_role(Role.APPROVER):
        said += " Only an approver can make it looser."
    choices = [("", "Choose…"), *other_classifications(row, user)]
    field = forms.ChoiceField(choices=choices, help_text=said)
    return type(
        "ReclassifyForm", (ReasonForm, SeenForm), {"classification": field, "field_order": ["classification", "reason"]}
    )


def short_page(admin, request, *, form_class, act, title, button, about, back, onward=None, initial=None, **beside):
    """Show the form; on POST call `act` with what it holds, then go on with the message that `act` returns.

    That is to `onward`, or `back` to where one came from. A refusal comes back on the form, with what was typed. The
    form is used once: sent again, it leads to the `made_address` that `act` noted on the request, or on. `about` is the
    row that the page is about. `beside` may have a `template` other than the usual one.

    `beside` the form may stand: `reading`, passages to read before deciding; `told`, what readers of the feed will see,
    as (what, how it will read); `asks`, sentences on what is needed beside the fields' own hints.
    """
    request = bring_back(request)
    form = form_class(request.POST if request.method == "POST" else None, initial=initial)
    page = make_page(
        admin, request, form, title=title, button=button, about=about, back=back, onward=onward or back, **beside
    )
    return answer_once(request, partial(_answer, request, form, act, page)) if request.method == "POST" else page


def make_page(admin, request, form, **more):
    """Return the response that shows a form on a short page; `more` is as in `short_page`."""
    context = {
        **admin.admin_site.each_context(request),
        "form": form,
        "form_token": get_form_token(request),
        **more,
        "opts": admin.opts,
        "media": admin.media + form.media,
    }
    return TemplateResponse(request, context.get("template", "register/short_page.html"), context)


def _answer(request, form, act, page, use):
    """Return a redirect where `act` did what the form asks, and then note so in its `use`; otherwise the page again."""
    if _can_act(request, form) and _run_action(request, form, act):
        use.address = getattr(request, "made_address", page.context_data["onward"])
        return HttpResponseRedirect(page.context_data["onward"])
    return page


def _can_act(request, form):
    """Return whether the form is valid, and not only shown again with what was kept of it."""
    if form.is_valid() and not hasattr(request, "refusal"):
        return True
    if hasattr(request, "refusal"):
        add_refusal(request.refusal, form)
    return False


def _run_action(request, form, act):
    try:
        messages.success(request, act(form.cleaned_data))
    except NotVisible as refusal:
        raise Http404 from refusal
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Stale as refusal:
        add_refusal(refusal, form)
        form.data = form.data.copy()
        form.data["seen"] = form.initial["seen"]  # they see it now, so the next try passes
        return False
    except Refused as refusal:
        add_refusal(refusal, form)
        return False
    return True
