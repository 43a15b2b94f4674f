"""What carries an answer: shown with it, and linked on short pages from the question and from the change."""

from functools import partial

from django import forms
from django.http import Http404
from django.urls import reverse

from register.admin.rows import get_row_for
from register.admin.short_page import short_page
from register.admin.suspects.grounds import GroundField
from register.admin.used_once import used_once
from register.models import Answer, Change, ChangeLink
from register.services.links import link_change
from register.vocabulary import Role


def list_carrying(question, user):
    """Return the standing links of changes to the answers of a question, as a user may see them.

    One to an answer that was reopened goes once the change is linked to the answer that is agreed now.
    """
    links = ChangeLink.objects.visible_to(user).standing().filter(answer__question=question)
    links = list(links.select_related("change", "answer__question"))
    current = {link.change_id for link in links if not link.is_in_doubt}
    return [link for link in links if not link.is_in_doubt or link.change_id not in current]


class ChangeReferenceField(forms.CharField):
    """A change by its reference now or before, with its code where that is needed."""

    def __init__(self, *, user, **kwargs):
        super().__init__(**kwargs)
        self.user = user

    def clean(self, value):
        written = super().clean(value)
        found = list(Change.objects.visible_to(self.user).named(written)[:2])
        if len(found) > 1:
            raise forms.ValidationError(f"Say of which code: {' or '.join(map(str, found))}.")
        if not found:
            raise forms.ValidationError(f"There is no change {written}: add it under Changes first.")
        return found[0]


class LinkForm(forms.Form):
    reason = forms.CharField(label="Why (optional)", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    field_order = ("change", "answer", "reason")


class LinkChangeForm(LinkForm):
    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        said = "As its code writes it: MP162, or SEC MP162."
        self.fields["change"] = ChangeReferenceField(user=user, label="It is carried by", help_text=said)
        self.order_fields(self.field_order)


class LinkAnswerForm(LinkForm):
    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        said = "A question whose answer is agreed: DSQ-002."
        self.fields["answer"] = GroundField(user=user, label="It carries the answer of", help_text=said)
        self.order_fields(self.field_order)

    def clean_answer(self):
        found = self.cleaned_data["answer"]
        answer = found if isinstance(found, Answer) else found.agreed_answer
        if answer is None or not Answer.objects.visible_to(self.fields["answer"].user).filter(pk=answer.pk).exists():
            raise forms.ValidationError(f"{found.reference} has no agreed answer that you may see.")
        return answer


@used_once
def link_change_page(model_admin, request, object_id):
    """Say by which change the question's agreed answer is carried."""
    question = get_row_for(model_admin, request, object_id, Role.TRIAGE, to="link a change")
    answer = Answer.objects.visible_to(request.user).filter(agreed_for=question).select_related("question").first()
    if answer is None:
        raise Http404("There is no agreed answer.")
    reading = [{"heading": str(answer), "text": answer.text}]
    words = {"title": f"Link what carries {answer}", "button": "Link the change", "reading": reading}
    return _make_page(model_admin, request, question, LinkChangeForm, {"answer": answer}, **words)


@used_once
def link_answer_page(model_admin, request, object_id):
    """Say which question's agreed answer the change carries."""
    change = get_row_for(model_admin, request, object_id, Role.TRIAGE, to="link a change")
    words = {"title": f"Link what {change} carries", "button": "Link the answer"}
    return _make_page(model_admin, request, change, LinkAnswerForm, {"change": change}, **words)


def _make_page(model_admin, request, row, form_class, known, **words):
    """Return the short page that links what is `known` to what the form asks for, and leads back to the row's page."""

    def act(given):
        return f"{link_change(**known, **given, by=request.user)}."

    back = reverse(f"admin:register_{row._meta.model_name}_change", args=[row.pk])
    make_form = partial(form_class, user=request.user)
    return short_page(model_admin, request, form_class=make_form, act=act, about=row, back=back, **words)
