"""Changes to the codes in which agreed answers land."""

import re
from typing import Any, ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from register.models.actions import ReferenceKeyField
from register.models.answers import Answer
from register.models.audited import Audited, AuditHistory, computed_from
from register.models.search import parse_change_reference
from register.models.visibility import ClassifiedQuerySet, ReferenceQuerySet
from register.vocabulary import CARRIES_NOTHING, AnswerStatus, ChangeStage, Code


class ChangeKeyField(ReferenceKeyField):
    """The reference as it is looked up and sorts: one for `MP162`, `mp 162` and `MP0162`."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        setattr(model_instance, self.attname, make_change_key(model_instance.reference))
        return getattr(model_instance, self.attname)


def make_change_key(reference: str) -> str:
    """Return a change's reference in capitals, without what is no letter or digit, its numbers padded."""
    plain = re.sub(r"[\W_]", "", reference.upper())
    return re.sub(r"\d+", lambda number: f"{int(number[0]):07}", plain)


class ChangeQuerySet(ReferenceQuerySet):
    def called(self, code: str, reference: str) -> Self:
        """Changes that have or had a reference, of a code or, where that is empty, of any."""
        key = make_change_key(reference)
        former = Change.history.filter(reference_key=key).values("id") if key else []
        found = self.filter(Q(reference_key=key) | Q(pk__in=former))
        return found.filter(code=code) if code else found

    def named(self, text: str) -> Self:
        """Changes that a text such as `MP162` or `SEC MP162` names; none where it names none."""
        code, reference = parse_change_reference(text)
        return self.called(code, reference) if reference else self.none()


class Change(Audited):
    """A change to a code, under the reference that the code gives it now. Its history has those that it had before."""

    code = models.CharField(max_length=8, choices=Code.choices)
    reference = models.CharField(
        max_length=40,
        validators=[RegexValidator(r"[^\W_]", "Give a reference with a letter or a digit.")],
        help_text="As the code writes it: MP162, P415. A former one is found too.",
    )
    title = models.CharField(max_length=200)
    stage = models.CharField(max_length=16, choices=ChangeStage.choices, default=ChangeStage.PROPOSED)
    address = models.URLField(max_length=500, blank=True, help_text="Where the code's register has it.")
    checked_on = models.DateField(null=True, blank=True, help_text="The day this was last compared with the register.")

    # In history as well: a change is found by the references that it had.
    reference_key = ChangeKeyField()

    objects: ClassVar = ChangeQuerySet.as_manager()
    history = AuditHistory()

    class Meta:
        verbose_name = "code change"
        ordering = ["code", "reference_key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=Code.values),
                name="change_code_known",
                violation_error_message="Choose the code that it changes.",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=ChangeStage.values),
                name="change_stage_known",
                violation_error_message="Choose one of the change's stages.",
            ),
            models.UniqueConstraint(
                fields=["code", "reference_key"],
                name="change_reference_once",
                violation_error_message="There is already a change of that reference to that code.",
            ),
        ]

    def __str__(self) -> str:
        return self.full_reference

    @computed_from("code", "reference")
    def full_reference(self) -> str:
        """The code and the reference; the reference alone where the code is none of those with a name."""
        return self.reference if self.code == Code.OTHER else f"{self.get_code_display()} {self.reference}"

    @computed_from("stage")
    def carries(self) -> bool:
        """Whether what is linked to it is carried: not by one that was rejected or withdrawn."""
        return self.stage not in CARRIES_NOTHING

    def list_former_references(self) -> list[str]:
        """Return the other references that it had, the first one first."""
        had = self.history.order_by("history_id").exclude(reference_key=self.reference_key)
        return list(dict.fromkeys(filter(None, had.values_list("reference", flat=True))))


class ChangeLinkQuerySet(ClassifiedQuerySet):
    classified_by = ("answer__classification", "answer__question__classification")

    def standing(self) -> Self:
        """Links that were not struck out."""
        return self.filter(struck_out=False)

    def carrying(self) -> Self:
        """Standing links to changes that carry what is linked to them."""
        return self.standing().exclude(change__stage__in=CARRIES_NOTHING)

    def naming(self, text: str) -> Self:
        """Standing links to the changes that a text names, as `ChangeQuerySet.named` reads it."""
        return self.standing().filter(change__in=Change.objects.named(text).order_by().values("pk"))


class ChangeLink(Audited):
    """Links a change to an agreed answer that it carries. A mistaken link is struck out, never deleted."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="links")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="change_links")
    struck_out = models.BooleanField(default=False)

    objects: ClassVar = ChangeLinkQuerySet.as_manager()
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "answer"],
                condition=Q(struck_out=False),
                name="change_link_once",
                violation_error_message="The change is linked to that answer already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} carried by {self.change}"

    @property
    def is_in_doubt(self) -> bool:
        """Whether the answer is agreed no more: its question was reopened since."""
        return self.answer.status != AnswerStatus.AGREED

    def get_question_id(self) -> int:
        return self.answer.question_id
