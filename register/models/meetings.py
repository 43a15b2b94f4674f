from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.apps import apps
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Concat

from register.characters import fold_name, is_printable
from register.headline_report.references import ReferenceShape
from register.headline_report.report import LONGEST_PLACE
from register.models.audited import Audited, AuditHistory, computed_from
from register.models.names import NamedReferenceQuerySet, NameKeyField
from register.models.visibility import ClassifiedQuerySet, Reader, ReferenceQuerySet
from register.vocabulary import LinkKind, MeetingState, ReferenceDigits, Separator


class Group(Audited):
    """A body that meets and numbers its meetings, such as CCDG. For permissions there is Django's own `Group`."""

    name = models.CharField(max_length=20, unique=True, help_text="As it stands before the number: CCDG.")
    name_key = NameKeyField()
    full_name = models.CharField(max_length=200, blank=True)
    reference_prefix = models.CharField(
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z]*$", "Give letters alone.")],
        help_text="DAG of DAG14-01.",
    )
    reference_after_prefix = models.CharField(
        max_length=1, blank=True, choices=Separator.choices, help_text="Between the prefix and the meeting's number."
    )
    reference_meeting_digits = models.PositiveSmallIntegerField(
        default=0, choices=ReferenceDigits.choices, verbose_name="digits of the meeting's number"
    )
    reference_between = models.CharField(
        max_length=1,
        blank=True,
        default=Separator.STROKE,
        choices=Separator.choices,
        help_text="Between the meeting's number and the action's.",
    )
    reference_number_digits = models.PositiveSmallIntegerField(
        default=0, choices=ReferenceDigits.choices, verbose_name="digits of the action's number"
    )

    objects: ClassVar = NamedReferenceQuerySet.as_manager()
    history = AuditHistory(excluded_fields=["name_key"])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reference_between="") | Q(reference_meeting_digits__gt=0, reference_number_digits__gt=0),
                name="group_reference_can_be_split",
                violation_error_message="Say how many digits both numbers have: nothing stands between them.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reference_shape(self) -> ReferenceShape:
        """How the group's reports write the references of actions."""
        return ReferenceShape(
            self.reference_prefix,
            self.reference_after_prefix,
            self.reference_meeting_digits,
            self.reference_between,
            self.reference_number_digits,
        )


class MeetingQuerySet(ReferenceQuerySet):
    def with_name(self) -> Self:
        """Annotate `minuted_name`: the name that minutes use, such as CCDG15."""
        return self.annotate(minuted_name=Concat("group__name", "number", output_field=models.CharField()))

    def find_by_name(self, name: str) -> Self:
        """Meetings that minutes call by a name, such as CCDG15 or ccdg 15."""
        name = fold_name(name) if is_printable(name) else ""
        ends = [(name[:n], name[n:]) for n in range(max(1, len(name) - 9), len(name)) if name[n:].isdecimal()]
        plain = [(group.rstrip(" -"), int(end)) for group, end in ends if str(int(end)) == end]
        conditions = [Q(group__name_key=group, number=number) for group, number in plain]
        return self.filter(reduce(or_, conditions)) if conditions else self.none()

    def unsettled(self, on: date, user: Reader) -> Self:
        """Meetings that are over or cancelled, with `to_settle`: how many questions that `user` sees stand open.

        That is, no outcome settles their scheduling. Meetings with none are left out.
        """
        over = Q(held_on__lt=on) | Q(cancelled=True)
        counted = _count_of_each(_get_agendas(user).unsettled())
        return self.filter(over).annotate(to_settle=counted).filter(to_settle__gt=0)

    def with_items(self, user: Reader) -> Self:
        """Annotate `items`: how many items that `user` sees stand on the agenda."""
        return self.annotate(items=_count_of_each(_get_agendas(user).standing()))

    def in_state(self, state: str, on: date) -> Self:
        """Meetings of which `get_state` says so on a date in London."""
        if state == MeetingState.CANCELLED:
            return self.filter(cancelled=True)
        held = Q(held_on__isnull=False, held_on__lte=on)
        return self.filter(held if state == MeetingState.HELD else ~held, cancelled=False)

    def held_by(self, on: date) -> Self:
        """Meetings that were held on a date in London or before."""
        return self.in_state(MeetingState.HELD, on)

    def to_come(self, on: date) -> Self:
        """Meetings on a date in London or after, the next one first."""
        return self.filter(held_on__gte=on, cancelled=False).order_by("held_on", "pk")


def _get_agendas(user: Reader) -> Any:
    return apps.get_model("register", "AgendaItem")._default_manager.visible_to(user)


def _count_of_each(items: Any) -> Coalesce:
    """Return the expression that counts the items of a meeting, none where there is none."""
    counted = items.filter(meeting=OuterRef("pk")).order_by().values("meeting").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


class Meeting(Audited):
    group = models.ForeignKey(Group, models.PROTECT, related_name="meetings")
    number = models.PositiveIntegerField()
    held_on = models.DateField(null=True, blank=True, help_text="Left empty where the date is not known.")
    cancelled = models.BooleanField(default=False, help_text="It is not held: what was scheduled for it waits.")

    objects: ClassVar = MeetingQuerySet.as_manager()
    history = AuditHistory()

    class Meta:
        ordering = ["group", F("held_on").asc(nulls_first=True), "number"]
        indexes = [models.Index(fields=["-held_on", "-number"], name="meeting_latest")]
        constraints = [
            # Numbers restart in some groups, so the date tells two meetings of one number apart.
            models.UniqueConstraint(
                fields=["group", "number", "held_on"],
                name="meeting_once_a_date",
                violation_error_message="There is already such a meeting on that date.",
            ),
            models.UniqueConstraint(
                fields=["group", "number"],
                condition=Q(held_on=None),
                name="meeting_once_undated",
                violation_error_message="There is already such a meeting with no date.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_state(self, on: date) -> MeetingState:
        """Return whether it is planned, held or cancelled, on a date in London. One with no date is planned."""
        if self.cancelled:
            return MeetingState.CANCELLED
        return MeetingState.HELD if self.held_on and self.held_on <= on else MeetingState.PLANNED

    @computed_from("cancelled")
    def is_cancelled(self) -> bool:
        return bool(self.cancelled)  # a version of before there was the column has none

    @computed_from("group__name", "number")
    def name(self) -> str:
        """The name that minutes use: CCDG15."""
        return f"{self.group.name}{self.number}"

    @computed_from("group__name", "number", "held_on")
    def reference(self) -> str:
        """The name with the date where known: numbers restart in some groups."""
        return f"{self.name} {self.held_on}" if self.held_on else self.name


class MeetingLink(Audited):
    """That a meeting's report lists or raises a question. A mistaken link is struck out, never deleted."""

    question = models.ForeignKey("Question", models.PROTECT, related_name="meeting_links")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="links")
    kind = models.CharField(max_length=20, choices=LinkKind.choices)
    paragraph = models.CharField(max_length=LONGEST_PLACE, blank=True, help_text="Of the meeting's report: 6.1.")
    struck_out = models.BooleanField(default=False)

    objects: ClassVar = ClassifiedQuerySet.make_manager("question__classification")
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=LinkKind.values),
                name="meeting_link_kind_known",
                violation_error_message="Choose what happened at the meeting.",
            ),
            models.UniqueConstraint(
                fields=["question", "meeting", "kind", "paragraph"],
                condition=Q(struck_out=False),
                name="meeting_link_once",
                violation_error_message="The question is already linked to that meeting in this way.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.meeting}" + (f" {self.paragraph}" if self.paragraph else "")

    def get_question_id(self) -> int:
        return self.question_id
