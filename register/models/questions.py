from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format

from register import clock, workflow
from register.models.audited import Audited, AuditHistory, computed_from
from register.models.meetings import Meeting
from register.models.names import MergeableQuerySet, NameKeyField, make_merge_constraint
from register.models.people import Organisation, User
from register.models.search import (
    make_index_lookup,
    make_passage_lookup,
    make_relevance_expression,
    parse_action_references,
    parse_change_reference,
    parse_meeting_name,
)
from register.models.visibility import ClassifiedQuerySet, Reader, clearance
from register.vocabulary import LIVE, TRIAGED, AnswerStatus, Classification, Outcome, Position, Priority, Status
from register.workflow import HELD_BY, TRIAGE_HOLDS

# kind of passage: (the model that leads from it to questions, what of that is the passage, what is the question)
PASSAGES = {
    "answer": ("Answer", "pk", "question"),
    "review": ("Review", "pk", "answer__question"),
    "action": ("ActionLink", "action", "question"),
}
BROUGHT_UP_BY = ("MeetingLink", "AgendaItem", "MeetingOutcome")  # a question at a meeting
LONGEST_CHAIN = 5  # merges that documents and pages follow: each is one more look-up of what shows a question


class Topic(Audited):
    name = models.CharField(max_length=80, unique=True)
    name_key = NameKeyField()
    keywords = models.TextField(
        blank=True, help_text="Words that suggest this topic for an imported question, with commas between."
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_names"
    )

    objects: ClassVar = MergeableQuerySet.as_manager()
    history = AuditHistory(excluded_fields=["name_key"])

    class Meta:
        ordering = ["name"]
        constraints = [make_merge_constraint("topic")]

    def __str__(self) -> str:
        return self.name


def make_live_condition() -> Q:
    """Return the condition that a question has not ended: its status is one of `vocabulary.LIVE`."""
    return Q(status__in=LIVE)


def make_overdue_condition(on: date) -> Q:
    """Return the condition that a live question was due, or its review to end, before a date in London."""
    return make_live_condition() & (Q(due_on__lt=on) | Q(review_by__lt=on))


def describe_lateness(question: "Question", on: date) -> str:
    """Return why a question is overdue on a date in London, in words, or nothing where it is not."""
    if question.review_by and question.review_by < on:
        return f"review ended {date_format(question.review_by, 'j F')}"
    if question.status in LIVE and question.due_on and question.due_on < on:
        return f"due {date_format(question.due_on, 'j F')}"
    return ""


class Standing(models.IntegerChoices):
    """What a question's status means for its working-day clock: the column that lists by age are sorted by first.

    The age of every question with a running clock grows by one on the same days, and other ages do not grow at all; so
    among questions of one standing the order of ages (`Question.age_order`) never changes with the day.
    """

    RUNNING = 0
    PAUSED = 1
    ENDED = 2


LIVE_STANDINGS = (Standing.RUNNING, Standing.PAUSED)


def _make_standing_expression() -> Case:
    """Return the `Standing` of a status: the clock runs, is paused in a live status, or has ended."""
    running, live = (
        When(status__in=statuses, then=Value(n)) for n, statuses in enumerate((sorted(clock.RUNS_IN), LIVE))
    )
    return Case(running, live, default=Value(Standing.ENDED), output_field=models.SmallIntegerField())


def _make_age_order_expression() -> Case:
    """Return what sorts questions of one standing by age: the age, less today's day number where the clock runs."""
    running = When(status__in=sorted(clock.RUNS_IN), then=F("working_days_before") - F("status_since_day"))
    return Case(running, default=F("working_days_before"), output_field=models.IntegerField())


def make_holder_expression() -> Case:
    """Return the name of whoever's move a question is, as `workflow.holder` does in Python: what lists sort by."""
    names = {"owner": F("owner__name"), "waiting_on": F("waiting_on__name")}
    cases = [When(status=status, then=names.get(who, Value(who))) for status, who in HELD_BY.items()]
    deferred = When(status=Status.DEFERRED, then=Coalesce(F("owner__name"), Value(TRIAGE_HOLDS)))
    return Case(*cases, deferred, default=Value(""))


def make_priority_expression() -> Case:
    """Return the rank of a question's priority, which lists sort by: 1 for high, 4 where there is none yet."""
    ranks = [When(priority=priority, then=Value(n)) for n, priority in enumerate(Priority.values, 1)]
    return Case(*ranks, default=Value(4))


def get_keys_by_passage(kind: str, text: str, user: Reader) -> models.QuerySet:
    """Keys of questions with all words of a text in one passage (`PASSAGES`) that a user may see."""
    model, lookup, question = PASSAGES[kind]
    rows = apps.get_model("register", model)._default_manager.visible_to(user)
    if kind == "action":
        rows = rows.filter(struck_out=False)
    found = rows.order_by().filter(**{f"{lookup}__in": make_passage_lookup(kind, text)})
    return found.values_list(question, flat=True)


def get_keys_by_change(text: str, user: Reader) -> models.QuerySet:
    """Keys of questions with an answer that a user may see and that the change which a text names carries."""
    links = apps.get_model("register", "ChangeLink")._default_manager.visible_to(user).naming(text)
    return links.order_by().values_list("answer__question", flat=True)


class QuestionQuerySet(ClassifiedQuerySet):
    def live(self) -> Self:
        # An exclusion, for which SQLite uses no index: it expects few live questions, and would read all of them first.
        return self.exclude(standing=Standing.ENDED)

    def search(self, text: str, user: Reader) -> Self:
        """Questions that have all words of a text, or that it names, annotated with `relevance`: least is best.

        So do those with a passage that has them and that a user may see: an answer, a comment, an action. It names
        those whose references it consists of, or those linked to the meeting, the visible actions or the change that
        it consists of.
        """
        found, questions = Q(pk__in=make_index_lookup(text)), type(self)(self.model)
        for kind in PASSAGES:
            found |= Q(pk__in=get_keys_by_passage(kind, text, user))
        if references := parse_action_references(text):
            found |= Q(pk__in=questions.linked_to_actions(references, user).values("pk"))
        if meeting := parse_meeting_name(text):
            found |= Q(pk__in=questions.at_meeting(meeting).values("pk"))
        if any(parse_change_reference(text)):
            found |= Q(pk__in=get_keys_by_change(text, user))
        return self.filter(found).annotate(relevance=make_relevance_expression(text))

    def with_ages(self, on: date) -> Self:
        """Annotate `age_in_days` and `days_in_status`, in working days on a date in London."""
        in_status = Value(clock.day_number(on)) - F("status_since_day")
        running = Case(When(status__in=clock.RUNS_IN, then=in_status), default=Value(0))
        return self.annotate(days_in_status=in_status, age_in_days=F("working_days_before") + running)

    def get_keys_by_age(self, most: int, standings: Iterable[int], on: date, *, youngest: bool = False) -> list[int]:
        """Return the primary keys of the `most` oldest of these questions, the oldest first, or of the youngest.

        Only questions of these standings count; ages are in working days on a date in London. An index has each
        standing in the order of its ages, so that no more than the first `most` of each are read and merged.
        """
        sign, now = "" if youngest else "-", clock.day_number(on)
        ages = []
        for standing in standings:
            head = self.filter(standing=standing).order_by(f"{sign}age_order", f"{sign}pk")
            counted = now if standing == Standing.RUNNING else 0
            ages += [(order + counted, key) for order, key in head.values_list("age_order", "pk")[:most]]
        return [key for _, key in sorted(ages, reverse=not youngest)[:most]]

    def linked_to_actions(self, references: Iterable[str], user: Reader) -> Self:
        """Questions linked to actions of those references that the user may see, by links that were not struck out."""
        return self.filter(
            action_links__action__reference__in=references,
            action_links__action__classification__in=clearance(user),
            action_links__struck_out=False,
        ).distinct()

    def needing_triage(self) -> Self:
        return self.filter(status=Status.RAISED)

    def assigned_to(self, user: User) -> Self:
        return self.live().filter(assignee=user)

    def awaiting_input(self) -> Self:
        return self.filter(status=Status.AWAITING_INPUT)

    def in_review(self) -> Self:
        return self.filter(status=Status.IN_REVIEW)

    def with_outstanding_positions(self) -> Self:
        """Questions in review on which the position of some member is still outstanding."""
        answers = apps.get_model("register", "Answer")._default_manager.filter(question=OuterRef("pk"))
        waiting = answers.filter(
            status=AnswerStatus.IN_REVIEW,
            reviews__position=Position.NO_RESPONSE,
            reviews__reviewer__in=User.objects.reviewing(),
        )
        # A value, not EXISTS: PostgreSQL would turn that into a join with all answers before it takes the first few.
        first = Subquery(waiting.order_by().values("pk")[:1])
        return self.in_review().annotate(waits=first).filter(waits__isnull=False)

    def mergeable_into(self) -> Self:
        """Questions to offer as the target of a merge: none that was withdrawn, or leads to one that was."""
        ended = Q(status=Status.WITHDRAWN) | Q(status=Status.MERGED, merged_into__status=Status.WITHDRAWN)
        return self.exclude(ended)

    def deferred_due(self, on: date) -> Self:
        """Deferred questions whose revisit date has come on a date in London."""
        return self.filter(status=Status.DEFERRED, revisit_on__lte=on)

    def overdue(self, on: date) -> Self:
        """Live questions whose due date, or the end of whose review, is before a date in London."""
        late = Q(due_on__lt=on) | Q(review_by__lt=on)  # of which the second is set in review alone
        return self.filter(late, standing__in=LIVE_STANDINGS)

    def with_late_since(self, on: date) -> Self:
        """Annotate `late_since`: the day before a date in London since which a question is overdue."""
        return self.annotate(late_since=Case(When(review_by__lt=on, then=F("review_by")), default=F("due_on")))

    def held_by(self, holder: Organisation | str) -> Self:
        """Questions whose move is with an organisation, or with `TRIAGE_HOLDS` or `MEMBERS_HOLD`: see `holder`."""
        if isinstance(holder, str):
            statuses = [status for status, who in HELD_BY.items() if who == holder]
            unowned = Q(status=Status.DEFERRED, owner=None) if holder == TRIAGE_HOLDS else Q()
            return self.filter(Q(status__in=statuses) | unowned)
        held = Q(status=Status.DEFERRED, owner=holder)
        for status, who in HELD_BY.items():
            held |= Q(status=status, **{who: holder}) if who in ("owner", "waiting_on") else Q()
        return self.filter(held)

    def ready_to_agree(self, on: date) -> Self:
        """Questions whose answer in review may be agreed: nobody disagrees, and nobody is waited for any more.

        Nobody is where all have given a position, or where the review ended before a date in London.
        """
        answers = apps.get_model("register", "Answer")._default_manager.filter(
            question=OuterRef("pk"), status=AnswerStatus.IN_REVIEW
        )
        waiting = answers.filter(reviews__position=Position.NO_RESPONSE, reviews__reviewer__in=User.objects.reviewing())
        against = answers.filter(reviews__position=Position.DISAGREE)
        settled = Q(review_by__lt=on) | ~Exists(waiting)
        return self.in_review().filter(settled, ~Exists(against))

    def uncarried(self, user: Reader) -> Self:
        """Agreed questions whose answer no change carries, by the links that a user may see."""
        links = apps.get_model("register", "ChangeLink")._default_manager.visible_to(user).carrying()
        agreed = self.filter(status=Status.AGREED, agreed_answer__isnull=False)
        return agreed.exclude(agreed_answer__in=links.order_by().values("answer"))

    def at_meeting(self, name: str) -> Self:
        """Questions that a meeting of that name listed, has on its agenda, or said something of."""
        meetings = Meeting.objects.find_by_name(name)
        rows = (apps.get_model("register", model)._default_manager for model in BROUGHT_UP_BY)
        found = (row.filter(meeting__in=meetings, struck_out=False) for row in rows)
        return self.filter(reduce(or_, (Q(pk__in=some.values("question")) for some in found)))


def _build_set_only_in(column: str, *statuses: str) -> Q:
    """Return the constraint that a column holds a value in these statuses and is NULL in all others."""
    return Q(status__in=statuses, **{f"{column}__isnull": False}) | (
        ~Q(status__in=statuses) & Q(**{f"{column}__isnull": True})
    )


def _build_filled_only_in(column: str, *statuses: str) -> Q:
    """Return the constraint that a text column is filled in these statuses and empty in all others."""
    return (Q(status__in=statuses) & ~Q(**{column: ""})) | (~Q(status__in=statuses) & Q(**{column: ""}))


class Question(Audited):
    """One design question. Its status changes only through `services.questions.change_status`."""

    reference = models.CharField(max_length=12, unique=True, editable=False)
    title = models.CharField(max_length=200)
    text = models.TextField(
        validators=[MaxLengthValidator(20_000)], help_text="What the design has to answer, in full."
    )
    # `db_index=False` wherever one of the indexes in Meta begins with the column.
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, db_index=False, related_name="questions")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.RAISED, editable=False)
    owner = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, db_index=False, related_name="owned_questions"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="assigned_questions",
    )
    priority = models.CharField(max_length=8, choices=Priority.choices, blank=True)
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.MEMBERS)
    due_on = models.DateField("due", null=True, blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="raised_questions"
    )
    raised_on = models.DateField(null=True, blank=True, help_text="The day it was first asked, where that is known.")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    # What an age is counted from: when the present status began, and the working days that had been counted by then.
    status_since = models.DateTimeField(default=timezone.now, editable=False)
    working_days_before = models.PositiveIntegerField(default=0, editable=False)
    status_since_day = models.PositiveIntegerField(
        default=0, editable=False, help_text="The day number (`clock.day_number`) of that beginning in London."
    )

    waiting_on = models.ForeignKey(
        Organisation, models.PROTECT, null=True, editable=False, db_index=False, related_name="awaited_questions"
    )
    review_by = models.DateField(null=True, editable=False)
    revisit_on = models.DateField(null=True, editable=False)
    agreed_answer = models.OneToOneField("Answer", models.PROTECT, null=True, editable=False, related_name="agreed_for")
    decided_at = models.ForeignKey(
        "Meeting",
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="decided_questions",
        help_text="The meeting that agreed the answer, where one did.",
    )
    disposition = models.TextField(blank=True, editable=False)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="merged_questions")
    split_from = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="split_questions")

    # What lists by age are sorted by. The database computes it, so no write can forget it and history leaves it out.
    standing = models.GeneratedField(
        expression=_make_standing_expression(),
        output_field=models.SmallIntegerField(choices=Standing.choices),
        db_persist=True,
    )
    age_order = models.GeneratedField(
        expression=_make_age_order_expression(), output_field=models.IntegerField(), db_persist=True
    )

    objects: ClassVar = QuestionQuerySet.as_manager()
    history = AuditHistory(excluded_fields=["standing", "age_order"])

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="question_status_known",
                violation_error_message="Choose one of the workflow's statuses.",
            ),
            models.CheckConstraint(
                condition=Q(classification__in=Classification.values),
                name="question_classification_known",
                violation_error_message="Choose a classification: Public, Members or Restricted.",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=["", *Priority.values]),
                name="question_priority_known",
                violation_error_message="Choose a priority: high, medium or low.",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *Outcome.values]),
                name="question_outcome_known",
                violation_error_message="Choose one of the outcomes.",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text=""),
                name="question_says_something",
                violation_error_message="Give the question a title and a text.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=TRIAGED) | (Q(owner__isnull=False, topic__isnull=False) & ~Q(priority="")),
                name="question_triaged_has_owner_topic_priority",
                violation_error_message="Keep an owner, a topic and a priority: it has left triage.",
            ),
            models.CheckConstraint(
                condition=_build_set_only_in("waiting_on", Status.AWAITING_INPUT),
                name="question_awaits_somebody",
                violation_error_message="Name the organisation waited on, while it awaits input and only then.",
            ),
            models.CheckConstraint(
                condition=_build_set_only_in("review_by", Status.IN_REVIEW),
                name="question_review_dated",
                violation_error_message="Give a date to review by, while it is in review and only then.",
            ),
            models.CheckConstraint(
                condition=_build_set_only_in("revisit_on", Status.DEFERRED),
                name="question_deferred_dated",
                violation_error_message="Give a date to revisit it, while it is deferred and only then.",
            ),
            models.CheckConstraint(
                condition=_build_set_only_in("agreed_answer", Status.AGREED, Status.CLOSED),
                name="question_agreed_has_answer",
                violation_error_message="Name the agreed answer, while it is agreed or closed and only then.",
            ),
            models.CheckConstraint(
                condition=_build_filled_only_in("disposition", Status.CLOSED),
                name="question_closed_has_disposition",
                violation_error_message="Give a disposition, when it is closed and only then.",
            ),
            models.CheckConstraint(
                condition=_build_filled_only_in("outcome", Status.WITHDRAWN),
                name="question_withdrawn_has_outcome",
                violation_error_message="Give an outcome, when it is withdrawn and only then.",
            ),
            models.CheckConstraint(
                condition=_build_set_only_in("merged_into", Status.MERGED),
                name="question_merged_has_target",
                violation_error_message="Name the question it was merged into, when it is merged and only then.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="question_merged_elsewhere",
                violation_error_message="Choose another question: it cannot be merged into itself.",
            ),
        ]
        indexes = [
            # The API's list of one status.
            models.Index(fields=["status", "id"], name="question_by_status"),
            # Lists by age: `.get_keys_by_age()`. It holds what else those lists filter by, so the index alone decides.
            models.Index(
                fields=["standing", "age_order", "id", "due_on", "classification", "priority"], name="question_by_age"
            ),
            # Lists by age of one topic, owner, assignee, or organisation waited on.
            *(
                models.Index(fields=[column, "standing", "age_order", "id"], name=f"question_by_age_{column}")
                for column in ("topic", "owner", "assignee", "waiting_on")
            ),
            # Lists by age of one status; `revisit_on` decides whether a deferred question is due.
            models.Index(
                fields=["status", "standing", "age_order", "id", "revisit_on", "classification"],
                name="question_by_age_status",
            ),
            # How long each organisation has been waited on at the longest.
            models.Index(fields=["waiting_on", "status_since_day"], name="question_longest_waited"),
            # The API's other orders, and the questions whose status changed last.
            models.Index(fields=["status_since", "id"], name="question_by_status_since"),
            models.Index(fields=["recorded_at", "id"], name="question_by_recorded_at"),
            # A member's reviews, the earliest date to review by first.
            models.Index(fields=["review_by"], name="question_by_review", condition=Q(review_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_question_id(self) -> int:
        return self.pk

    @computed_from("status", "owner__name", "waiting_on__name")
    def holder(self) -> str | None:
        """The name of whoever's move it is, or None once the question has ended."""
        return workflow.holder(
            self.status,
            owner=self.owner.name if self.owner else None,
            waiting_on=self.waiting_on.name if self.waiting_on else None,
        )

    @computed_from("status")
    def clock_runs(self) -> bool:
        """Whether working days count in the present status."""
        return self.status in clock.RUNS_IN

    def get_merge_chain(self) -> list["Question"]:
        """Return the questions that this one led to by merging, as far as `LONGEST_CHAIN`; the last is the end."""
        chain: list[Question] = []
        row = self
        while len(chain) < LONGEST_CHAIN and row.merged_into:
            row = row.merged_into
            chain.append(row)
        return chain

    def age(self, today: date) -> int:
        """Age in working days on a date in London."""
        since = clock.london_date(self.status_since)
        return clock.age(self.status, before=self.working_days_before, since=since, today=today)

    def get_days_in_status(self, today: date) -> int:
        """Return the working days in the present status on a date in London."""
        return clock.working_days(clock.london_date(self.status_since), today)
