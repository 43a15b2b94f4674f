"""One page on which the outcomes of a meeting are recorded, all or none."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse

from register.admin.meetings.agenda_pages import get_meeting
from register.admin.meetings.layout import get_agenda, get_meeting_address
from register.admin.reference_field import ReferenceField
from register.clock import today
from register.headline_report.report import LONGEST_PLACE
from register.kept_text import bring_back
from register.models import Meeting
from register.refusals import NotPermitted, Refused
from register.services.meetings import WITHOUT_MEETING, GivenOutcome, record_outcomes
from register.vocabulary import MeetingResult, MeetingState

MOST_TO_COME = 12


class OutcomeForm(forms.Form):
    """What became of one question. Without a result it says nothing, and nothing is recorded."""

    result = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    to = forms.ModelChoiceField(
        Meeting.objects.none(), required=False, label="Put off to", empty_label="no meeting yet"
    )
    paragraph = forms.CharField(max_length=LONGEST_PLACE, required=False)
    note = forms.CharField(max_length=2_000, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, question=None, results=(), to_come=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields["result"].choices = [("", "not said yet"), *results]
        self.fields["to"].queryset = to_come

    def make_given(self):
        """Return the `GivenOutcome` of a valid form, or None where it says nothing."""
        given = self.cleaned_data
        if not given["result"]:
            return None
        return GivenOutcome(self.question or given["question"], **{n: given[n] for n in SAID})

    def clean(self):
        given = super().clean()
        said = [name for name in ("to", "paragraph", "note", "question") if given.get(name)]
        if said and not given.get("result"):
            self.add_error("result", "Choose what became of it, or empty the rest.")
        return given


SAID = ("result", "to", "paragraph", "note", "seen")


class OtherOutcomeForm(OutcomeForm):
    """Of a question that was not on the agenda."""

    field_order = ("question",)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["question"] = ReferenceField(user=user, required=False, label="Question")
        self.order_fields(self.field_order)

    def clean(self):
        given = super().clean()
        if given.get("result") and not given.get("question") and "question" not in self.errors:
            self.add_error("question", "Name the question: DSQ-002.")
        return given


def _make_forms(request, meeting, items):
    """Return [a form for each scheduled question, and one for another], bound where the request is a POST."""
    sent = request.POST if request.method == "POST" else None
    state = meeting.get_state(today())
    offered = MeetingResult.choices if state == MeetingState.HELD else [(r.value, r.label) for r in WITHOUT_MEETING]
    to_come = Meeting.objects.visible_to(request.user).to_come(today()).exclude(pk=meeting.pk)
    to_come = Meeting.objects.filter(pk__in=[m.pk for m in to_come[:MOST_TO_COME]]).select_related("group")
    common = {"results": offered, "to_come": to_come.order_by("held_on")}
    forms_of = [
        OutcomeForm(
            sent, question=item.question, prefix=str(item.pk), initial={"seen": len(item.told), "result": ""}, **common
        )
        for item in items
    ]
    for form, item in zip(forms_of, items, strict=True):
        form.item = item
    return [*forms_of, OtherOutcomeForm(sent, user=request.user, prefix="other", initial={"result": ""}, **common)]


def outcomes_page(model_admin, request, object_id):
    """Record what became of each question that was scheduled, and of one that was not."""
    meeting = get_meeting(model_admin, request, object_id)
    items = [item for item in get_agenda(meeting, request.user) if item.question]
    request = bring_back(request)
    found = _make_forms(request, meeting, items)
    if request.method == "POST" and _are_valid(found) and _record(request, meeting, found):
        return HttpResponseRedirect(get_meeting_address(meeting))
    context = {
        **admin.site.each_context(request),
        "title": f"Outcomes of {meeting}",
        "meeting": meeting,
        "rows": found[:-1],
        "other": found[-1],
        "state": meeting.get_state(today()),
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "register/outcomes.html", context)


def _are_valid(found):
    """Return whether all forms are valid; each is asked, so that each shows what is wrong with it."""
    return sum(form.is_valid() for form in found) == len(found)


def _record(request, meeting, found):
    """Record what the forms say; return whether it was, or else leave each refusal on its form."""
    given = {form: outcome for form in found if (outcome := form.make_given())}
    if hasattr(request, "refusal"):  # the page is shown again with what was kept of it
        return False
    try:
        recorded = record_outcomes(meeting, list(given.values()), by=request.user)
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        for sentence in refusal.reasons:
            _place(sentence, given, found[-1])
        return False
    messages.success(request, f"{len(recorded)} outcome{'' if len(recorded) == 1 else 's'} recorded.")
    return True


def _place(sentence, given, other):
    """Put a sentence on the form of the question that it names; what was shown since counts as seen from now on."""
    named = next((form for form, outcome in given.items() if outcome.question.reference in sentence), other)
    named.add_error(None, sentence)
    if hasattr(named, "item"):
        named.data = named.data.copy()
        named.data[named.add_prefix("seen")] = len(named.item.told)
