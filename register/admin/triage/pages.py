"""The pages of triage: the queue, one question, and what was just done with its undo."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from register.admin.problems import add_refusal
from register.admin.triage.forms import STEPS, TriageForm, get_initial, make_step_forms
from register.kept_text import bring_back
from register.ledger.versions import annotate_version
from register.models import Origin, Question
from register.refusals import NotPermitted, NotVisible, Refused, Stale
from register.services.look_alikes import get_look_alikes
from register.services.preferences import get_preferences, switch_keys
from register.services.questions import change_status, get_facts
from register.services.triage import triage_question
from register.vocabulary import Role, Status
from register.workflow import TRANSITIONS

QUEUE = 100  # questions of the queue that a page shows


@dataclass(frozen=True)
class Queue:
    """The questions that wait for triage, first raised first, and the place of one among them."""

    questions: tuple
    place: int | None

    @property
    def before(self):
        return self.questions[self.place - 1] if self.place else None

    @property
    def after(self):
        return self.questions[self.place + 1] if self.place + 1 < len(self.questions) else None


def triage_page(request, question_id=None):
    """Show a raised question with its form, the first of the queue where none is named; on POST triage it."""
    request = bring_back(request)
    _require_triage(request)
    rows = annotate_version(Question.objects.visible_to(request.user).needing_triage()).order_by("pk")
    questions = tuple(rows.select_related("raised_by__organisation")[:QUEUE])
    question = next((row for row in questions if question_id in (None, row.pk)), None)
    if question is None:
        return _lead_on(request, questions, question_id)
    queue = Queue(questions, questions.index(question))
    if request.method == "POST":
        return _answer(request, question, queue)
    return _make_page(request, question, queue, TriageForm(initial=get_initial(question), user=request.user))


def _require_triage(request):
    if not request.user.has_role(Role.TRIAGE):
        raise PermissionDenied("Only Triage may triage questions.")


def _lead_on(request, questions, question_id):
    """Lead on from a question that does not wait for triage: to the next, or to the desk where none is left."""
    if question_id is not None:
        gone = Question.objects.visible_to(request.user).filter(pk=question_id).first()
        if gone is None:
            raise Http404("There is no such question.")
        messages.info(request, f"{gone.reference} is {gone.get_status_display()}: it does not wait for triage.")
    after = next((row for row in questions if question_id is None or row.pk > question_id), None) or (
        questions[0] if questions else None
    )
    if after:
        return redirect("register_triage_question", after.pk)
    messages.success(request, "Nothing waits for triage.")
    return redirect("admin:index")


def _answer(request, question, queue):
    chosen = request.POST.get("step", "")
    form = TriageForm(request.POST, initial=get_initial(question), user=request.user)
    steps = make_step_forms(request.user, request.POST, chosen)
    asked = steps.get(chosen)
    if asked is None:
        form.add_error(None, "Choose what becomes of it.")
    elif form.is_valid() and asked.is_valid() and _triage(request, question, form, chosen, asked):
        after = queue.after or queue.before
        address = reverse("register_triage_question", args=[after.pk]) if after else reverse("admin:index")
        return HttpResponseRedirect(f"{address}?done={question.pk}")
    return _make_page(request, question, queue, form, steps, chosen)


def _triage(request, question, form, chosen, asked):
    """Return whether it was done; a refusal stands on the form, with what was typed."""
    if hasattr(request, "refusal"):
        add_refusal(request.refusal, form)
        return False
    *first, last = STEPS[chosen][2]
    moves = [*((name, {}) for name in first), (last, asked.cleaned_data)]
    try:
        triage_question(question, moves, by=request.user, seen=form.cleaned_data["seen"], **form.get_changes())
    except NotVisible as refusal:
        raise Http404 from refusal
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Stale as refusal:
        add_refusal(refusal, form)
        form.data = form.data.copy()
        form.data["seen"] = question.version  # they see it now, so the next try passes
        return False
    except Refused as refusal:
        add_refusal(refusal, form, asked)
        return False
    return True


def _make_page(request, question, queue, form, steps=None, chosen=""):
    steps = steps or make_step_forms(request.user, None, "")
    context = {
        **admin.site.each_context(request),
        "title": f"Triage: {question.reference}",
        "question": question,
        "queue": queue,
        "form": form,
        "steps": [(name, *STEPS[name][:2], steps[name], name == chosen) for name in STEPS],
        "asked": steps.get(chosen),
        "alike": get_look_alikes(question, request.user),
        "origins": Origin.objects.visible_to(request.user)
        .filter(question=question)
        .select_related("report__meeting__group"),
        "done": _get_done(request),
        "keys": get_preferences(request.user).keys,
    }
    return TemplateResponse(request, "admin/triage.html", context)


def _get_done(request):
    """Return the question that was just dealt with, and whether that can be undone, or None."""
    key = request.GET.get("done", "")
    done = Question.objects.visible_to(request.user).filter(pk=int(key)).first() if _is_number(key) else None
    if done is None or done.status == Status.RAISED:
        return None
    facts = get_facts(done, request.user, with_answers=False)
    return {"question": done, "can_undo": not TRANSITIONS["undo"].initial_refusals(facts)}


def _is_number(key):
    return key.isascii() and key.isdigit() and len(key) < 19


@require_POST
def undo_page(request, question_id):
    """Undo the move that was just made, and show the question again."""
    question = Question.objects.visible_to(request.user).filter(pk=question_id).first()
    if question is None:
        raise Http404("There is no such question.")
    try:
        undone = change_status(question, "undo", by=request.user)
        messages.success(request, f"Undone: {undone.reference} is {undone.get_status_display()} again.")
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, " ".join(refusal.reasons))
    if question.status == Status.RAISED or request.user.has_role(Role.TRIAGE):
        return redirect("register_triage_question", question.pk)
    return redirect("admin:register_question_change", question.pk)


@require_POST
def keys_page(request):
    """Switch the keys of the person on or off, and go back to triage."""
    switch_keys(request.user, "on" in request.POST)
    return redirect("register_triage")
