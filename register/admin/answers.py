from functools import partial

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse

from register.admin.guarded import RegisterAdmin
from register.admin.refusable_forms import RefusableForm
from register.admin.reviewing import review_page
from register.admin.short_page import DayInput, other_classifications, reclassify_form, short_page
from register.admin.suspects.doubts import list_doubts
from register.admin.suspects.grounds import list_grounds, name_ground_page
from register.admin.used_once import used_once
from register.models import Answer
from register.models.search import parse_references
from register.services.answers import (
    can_propose,
    edit_answer,
    get_offered_answer,
    get_proposable_questions,
    propose_answer,
    propose_for_review,
    reclassify_answer,
)
from register.services.briefing import get_settling_agreement
from register.services.review_round import get_positions
from register.services.suspects.grounds import can_name_ground
from register.vocabulary import AnswerStatus, Classification, Role

AS_USUAL = ("", "As strict as usual: Members, or as its question")


class ProposeForm(RefusableForm):
    classification = forms.ChoiceField(choices=[AS_USUAL, *Classification.choices], required=False)
    review_by = forms.DateField(
        label="Start its review, until",
        widget=DayInput(),
        required=False,
        help_text="Left empty, it stays a draft that can be reworded.",
    )


@admin.register(Answer)
class AnswerAdmin(RegisterAdmin):
    list_display = ("__str__", "status", "classification", "proposed_by")
    list_filter = ("status",)
    list_select_related = ("question", "proposed_by")
    search_fields = ("question__reference", "question__title", "text")
    autocomplete_fields = ("question",)
    change_form_template = "register/answer.html"

    def has_add_permission(self, request):
        return request.user.has_role(Role.TRIAGE) or get_proposable_questions(request.user).exists()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "question":
            kwargs["queryset"] = get_proposable_questions(request.user)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.error_messages["invalid_choice"] = "Choose a question that is open or awaits input, and yours to answer."
        return field

    def find_named(self, rows, text):
        return rows.filter(question__reference__in=parse_references(text))

    @admin.display(description="proposed by")
    def proposed_by_whom(self, answer):
        return answer.proposed_by

    def has_change_permission(self, request, obj=None):
        """Only a draft can be reworded, and only by whoever may propose."""
        if obj is None:
            return self.has_view_permission(request)
        reworded = obj.status == AnswerStatus.DRAFT and can_propose(obj.question, request.user)
        return reworded and not getattr(request, "is_of_the_past", False)

    def get_fields(self, request, obj=None):
        shown = ("question", "text", "classification")
        if obj is None:
            return (*shown, "review_by") if request.user.has_role(Role.TRIAGE) else shown
        return (*shown, "status", "number", "proposed_by_whom")

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        frozen = () if obj.status == AnswerStatus.DRAFT else ("text",)
        return (
            *super().get_readonly_fields(request, obj),
            "question",
            "classification",
            "status",
            "number",
            "proposed_by_whom",
            *frozen,
        )

    def get_changeform_initial_data(self, request):
        """Preset what a report has beside the question, for whoever proposes its first answer to look over."""
        given = super().get_changeform_initial_data(request)
        question = get_proposable_questions(request.user).filter(pk=given.get("question") or 0).first()
        return {"text": get_offered_answer(question, request.user), **given} if question else given

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, {"title": "Propose an answer", **(extra_context or {})})

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, form=RefusableForm if change else ProposeForm, **kwargs)

    def save_model(self, request, obj, form, change):
        given = form.cleaned_data
        if change:
            saved = edit_answer(obj, given["text"], by=request.user, seen=given["seen"])
        else:
            classification = given["classification"] or None
            told = {"by": request.user, "classification": classification}
            if review_by := given.get("review_by"):
                saved = propose_for_review(given["question"], given["text"], review_by=review_by, **told)
            else:
                saved = propose_answer(given["question"], given["text"], **told)
        obj.__dict__.update(saved.__dict__)

    def get_urls(self):
        reclassify = self.admin_site.admin_view(self.reclassify_view)
        review = self.admin_site.admin_view(partial(review_page, self))
        name_ground = self.admin_site.admin_view(partial(name_ground_page, self))
        ground = path("<int:object_id>/rests-on/", name_ground, name="register_answer_name_ground")
        page = path("<int:object_id>/review/", review, name="register_answer_review")
        other = path("<int:object_id>/reclassify/", reclassify, name="register_answer_reclassify")
        return [page, other, ground, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        answer = self.get_object(request, object_id)
        panels = {
            **(_get_suspects(answer, request.user) if answer else {}),
            "answer": answer,
            "reviews": get_positions(answer, request.user),
            "dealt_with": answer and get_settling_agreement(answer),
            "may_reclassify": answer and other_classifications(answer, request.user),
            "may_review": answer and answer.status == AnswerStatus.IN_REVIEW and request.user.has_role(Role.MEMBER),
        }
        return super().change_view(request, object_id, form_url, {**panels, **(extra_context or {})})

    @used_once
    def reclassify_view(self, request, object_id):
        """Make the answer stricter or, for an approver, looser."""
        answer = self.get_object(request, object_id)
        if answer is None:
            raise Http404("There is no such answer.")

        def act(given):
            changed = reclassify_answer(answer, by=request.user, **given)
            return f"{changed} is {changed.get_classification_display()}."

        return short_page(
            self,
            request,
            form_class=reclassify_form(answer, request.user),
            initial={"seen": answer.version},
            act=act,
            title=f"Reclassify {answer}",
            button="Reclassify",
            about=answer,
            back=reverse("admin:register_answer_change", args=[answer.pk]),
        )

    def response_add(self, request, obj, post_url_continue=None):
        super().response_post_save_add(request, obj)
        messages.success(request, f"{obj} is {'in review' if obj.status == AnswerStatus.IN_REVIEW else 'proposed'}.")
        return HttpResponseRedirect(reverse("admin:register_question_change", args=[obj.question_id]))


def _get_suspects(answer, user):
    """Return what the template shows of what an answer rests on, and of what is in doubt about it."""
    return {
        "doubts": list_doubts(answer, user),
        "grounds": list_grounds(answer, user),
        "may_name_ground": can_name_ground(answer, user),
        "is_triage": user.has_role(Role.TRIAGE),
    }
