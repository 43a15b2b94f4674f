"""What an answer rests on: named on a short page, shown with the answer, struck out where it was a mistake."""

import re

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404

from register.admin.reference import LinkAdmin
from register.admin.reference_field import ReferenceField
from register.admin.short_page import short_page
from register.admin.suspects.doubts import compare_ground, get_address
from register.admin.used_once import used_once
from register.models import Answer, AnswerGround
from register.services.suspects.grounds import can_name_ground, name_ground, strike_out_ground

OF_AN_ANSWER = re.compile(r"(?P<question>.*?)[\s,:]*\banswer\s*(?P<number>\d{1,9})", re.IGNORECASE)


def list_grounds(answer, user):
    """Return what an answer rests on, as a user may see it: [(ground, its address, how it reads now or None)]."""
    rows = AnswerGround.objects.visible_to(user).filter(answer=answer, struck_out=False)
    rows = rows.select_related("answer__question", "rests_on_question", "rests_on_answer__question")
    return [(row, get_address(row.ground), compare_ground(row)) for row in rows]


class GroundField(ReferenceField):
    """A question, or an answer to one, by its reference; those that the user may not see are not there."""

    def clean(self, value):
        named = OF_AN_ANSWER.fullmatch(str(value or "").strip())
        question = super().clean(named["question"] if named else value)
        return self._find_answer(question, int(named["number"])) if named and question else question

    def _find_answer(self, question, number):
        answer = Answer.objects.visible_to(self.user).filter(question=question, number=number).first()
        if answer is None:
            raise forms.ValidationError(f"{question.reference} has no answer {number} that you may see.")
        return answer


class GroundForm(forms.Form):
    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        said = "A question such as DSQ-002, or an answer to one: DSQ-002 answer 1."
        self.fields["ground"] = GroundField(user=user, label="It rests on", help_text=said)
        widget = forms.Textarea(attrs={"rows": 3})
        self.fields["reason"] = forms.CharField(label="Why (optional)", widget=widget, required=False)


@used_once
def name_ground_page(model_admin, request, object_id):
    """Name a question or an answer on which the answer rests, as that is worded now."""
    answer = model_admin.get_object(request, object_id)
    if answer is None:
        raise Http404("There is no such answer.")
    if not can_name_ground(answer, request.user):
        raise PermissionDenied("Only Triage or the people of the question's owner may say what an answer rests on.")

    def make_form(*args, **kwargs):
        return GroundForm(*args, user=request.user, **kwargs)

    def act(given):
        named = name_ground(answer, given["ground"], by=request.user, reason=given["reason"])
        return f"{answer} rests on {named.ground_reference}, as that is worded now."

    return short_page(
        model_admin,
        request,
        form_class=make_form,
        act=act,
        title=f"Name what {answer} rests on",
        button="Name what it rests on",
        about=answer,
        back=get_address(answer),
        reading=[{"heading": str(answer), "text": answer.text}],
    )


@admin.register(AnswerGround)
class AnswerGroundAdmin(LinkAdmin):
    """Reached from the answer's page, which names them."""

    fields = ("answer", "ground_reference", "words")
    list_display = ("answer", "ground_reference")
    list_select_related = ("answer__question", "rests_on_question", "rests_on_answer__question")

    def has_add_permission(self, request):
        return False

    def get_address(self, row):
        return get_address(row.answer)

    def strike_out(self, link, reason, by):
        strike_out_ground(link, by=by, reason=reason)
