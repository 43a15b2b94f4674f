"""The preview of a deed for many questions, with what would happen to each, and the page of what happened."""

from dataclasses import dataclass

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse

from register.admin.bulk.deeds import DEEDS
from register.admin.keys import is_key
from register.ledger.versions import annotate_version
from register.models import Question
from register.refusals import Refusal
from register.services.questions import unless_changed

MOST = 200  # questions at once: what one page can show and one person can have looked at
SEEN = "seen_"  # before a question's key: the version of it that the first preview showed


@dataclass(frozen=True)
class Row:
    """One question of the preview: the version that was shown first, whether it would be done, and whether ticked."""

    question: Question
    seen: int
    would: bool
    said: str
    ticked: bool


def bulk_actions():
    """Return the admin's actions: {name: (function, name, label)}."""
    return {
        name: (
            lambda model_admin, request, chosen, deed=deed: bulk_page(model_admin, request, deed, chosen),
            name,
            deed.label,
        )
        for name, deed in DEEDS.items()
    }


def bulk_page(model_admin, request, deed, chosen):
    """Show each chosen question with what would happen to it; on the second POST do it, and show what did."""
    is_previewed = "_apply" in request.POST
    shown = _get_shown_keys(request)
    if is_previewed:  # what was shown, wherever it stands in the list by now
        chosen = model_admin.get_queryset(request).filter(pk__in=shown)
    questions = list(annotate_version(chosen).order_by("id")[: MOST + 1])
    if len(questions) > MOST:
        model_admin.message_user(request, f"Choose at most {MOST} questions at once.", "error")
        return None
    form = deed.make_form(request.user)(request.POST if is_previewed else None)
    if is_previewed and not _get_ticked(request):
        form.add_error(None, "Tick at least one question.")
    if is_previewed and form.is_valid():
        return _act(model_admin, request, deed, form, [row for row in questions if str(row.pk) in _get_ticked(request)])
    rows = [_foresee(request, deed, question, is_previewed) for question in questions]
    return _make_page(model_admin, request, deed, "register/bulk.html", rows=rows, form=form)


def _get_ticked(request):
    return {key for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if is_key(key)} - {"0"}


def _get_shown_keys(request):
    """Return the keys of the questions that a preview showed: those that it carried a version of, and those ticked."""
    carried = {name.removeprefix(SEEN) for name in request.POST if name.startswith(SEEN)}
    return {key for key in carried if is_key(key)} | _get_ticked(request)


def _foresee(request, deed, question, is_previewed):
    posted = request.POST.get(f"{SEEN}{question.pk}", "")
    would, said = deed.foresee(question, request.user)
    ticked = str(question.pk) in _get_ticked(request) if is_previewed else would
    return Row(question, int(posted) if is_key(posted) else question.version, would, said, ticked)


def _act(model_admin, request, deed, form, questions):
    rows = [_act_on(deed, question, request, form) for question in questions]
    gone = len(_get_ticked(request)) - len(questions)
    done = sum(row[1] for row in rows)
    return _make_page(model_admin, request, deed, "register/bulk_done.html", rows=rows, done=done, gone=gone)


def _act_on(deed, question, request, form):
    """Return (question, whether it was done, what to say); one that is refused does not stop the others."""
    seen = request.POST.get(f"{SEEN}{question.pk}", "")
    if not is_key(seen):
        return question, False, "Look at what would happen to it first."
    try:
        with unless_changed(question, int(seen)):
            return question, True, deed.act(question, form, request.user)
    except Refusal as refusal:
        return question, False, " ".join(refusal.reasons)


def _make_page(model_admin, request, deed, template, **more):
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": deed.label,
        "deed": deed,
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
        "media": model_admin.media + (more["form"].media if "form" in more else forms.Media()),
        **more,
    }
    return TemplateResponse(request, template, context)
