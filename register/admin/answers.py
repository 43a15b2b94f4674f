from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path, reverse

from register.admin.guarded import RefusableForm, RegisterAdmin
from register.admin.short_page import short_page
from register.models import Answer, Review
from register.services.answers import edit_answer, propose_answer, record_review
from register.words import AnswerStatus, Classification, Position, Role


class ProposeForm(RefusableForm):
    classification = forms.ChoiceField(
        choices=[("", "As strict as usual: Members, or as its question"), *Classification.choices], required=False
    )


class ReviewForm(forms.Form):
    position = forms.ChoiceField(
        choices=[("", "Choose…"), *((p.value, p.label) for p in Position if p != Position.NO_RESPONSE)]
    )
    comment = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text="Needed to disagree, or to agree with comments.",
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
        return request.user.has_role(Role.TRIAGE) or request.user.has_role(Role.MEMBER)

    def get_fields(self, request, obj=None):
        shown = ("question", "text", "classification")
        return shown if obj is None else (*shown, "status", "number", "proposed_by")

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        frozen = () if obj.status == AnswerStatus.DRAFT else ("text",)
        return (*super().get_readonly_fields(request, obj), "question", "classification", "status", "number",
                "proposed_by", *frozen)  # fmt: skip

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, form=RefusableForm if change else ProposeForm, **kwargs)

    def save_model(self, request, obj, form, change):
        given = form.cleaned_data
        if change:
            saved = edit_answer(obj, given.get("text", obj.text), by=request.user)
        else:
            classification = given["classification"] or None
            saved = propose_answer(given["question"], given["text"], by=request.user, classification=classification)
        obj.__dict__.update(saved.__dict__)

    def get_urls(self):
        page = path(
            "<int:object_id>/review/", self.admin_site.admin_view(self.review_view), name="register_answer_review"
        )
        return [page, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        answer = self.get_object(request, object_id)
        panels = {
            "answer": answer,
            "reviews": Review.objects.visible_to(request.user).filter(answer=answer).select_related("organisation"),
            "may_review": answer and answer.status == AnswerStatus.IN_REVIEW and request.user.has_role(Role.MEMBER),
        }
        return super().change_view(request, object_id, form_url, {**panels, **(extra_context or {})})

    def review_view(self, request, object_id):
        """Record one's own position on an answer in review."""
        answer = self.get_object(request, object_id)
        if answer is None:
            raise Http404("There is no such answer.")
        if not request.user.has_role(Role.MEMBER):
            raise PermissionDenied("Only members may review an answer.")

        def act(given):
            review = record_review(answer, given["position"], by=request.user, comment=given["comment"])
            return f"Your position is recorded: {review.get_position_display()}{', late' if review.late else ''}."

        return short_page(
            self,
            request,
            form_class=ReviewForm,
            initial=self._own_position(request, answer),
            act=act,
            title=f"Review {answer}",
            button="Record my position",
            about=answer,
            back=reverse("admin:register_answer_change", args=[answer.pk]),
        )

    def _own_position(self, request, answer):
        return answer.reviews.filter(reviewer=request.user).values("position", "comment").first()
