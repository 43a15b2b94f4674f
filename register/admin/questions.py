from functools import partial

from django.contrib import admin
from django.db.models import Q
from django.urls import path
from django.utils.formats import date_format
from django.utils.html import format_html

from register.admin.bulk import bulk_actions
from register.admin.code_changes.carrying import link_change_page
from register.admin.exports import QUESTIONS, export_page
from register.admin.guarded import RegisterAdmin
from register.admin.keys import is_key
from register.admin.lists import (
    DEFAULT_TAB,
    TABS,
    AssigneeFilter,
    BodyFilter,
    HolderFilter,
    MeetingFilter,
    RaiserFilter,
    TabFilter,
    TriageList,
    get_standings,
)
from register.admin.meetings.question_pages import outcome_page, schedule_page
from register.admin.moves import move_page
from register.admin.pages import FirstThousand
from register.admin.printing import print_page, print_question_page
from register.admin.question_forms import FACTS, EditForm, RaiseForm
from register.admin.question_pages import amend_page, put_back_page, reclassify_page, split_page
from register.admin.question_panels import get_merge_end, get_panels
from register.admin.refusable_forms import RefusableForm
from register.admin.reviewing import agree_page
from register.admin.short_page import DayInput
from register.admin.spreadsheets import preview_page, upload_page
from register.admin.suspects.filters import SUSPECT, SuspectFilter
from register.clock import today
from register.ledger.versions import annotate_version
from register.models import Question, User
from register.models.people import make_assignee_label
from register.models.questions import make_holder_expression, make_priority_expression
from register.models.search import MOST_WORDS
from register.services.questions import (
    EDITABLE,
    MEMBERS_MAY_GIVE,
    edit_question,
    raise_question,
)
from register.vocabulary import LIVE, Classification, Role

REFERRED_TO = [*(field.name for field in Question._meta.fields if field.is_relation), "agreed_answer__question"]
LOOKED_UP = {"q", "meeting", "term"}  # parameters whose rows are found by another table


def _pointed_at(question):
    return question.agreed_answer, question.merged_into, question.split_from


@admin.register(Question)
class QuestionAdmin(RegisterAdmin):
    exported = QUESTIONS
    list_display = (
        "reference",
        "question",
        "status_word",
        "owner",
        "whose_move",
        "age",
        "here",
        "due",
        "priority_word",
    )
    list_display_links = ("question",)  # one tab stop a row
    list_filter = (
        TabFilter,
        "status",
        "topic",
        HolderFilter,
        ("owner", BodyFilter),
        ("waiting_on", BodyFilter),
        MeetingFilter,
        "priority",
        "classification",
        AssigneeFilter,
        RaiserFilter,
        SuspectFilter,
    )
    change_list_template = "register/question_list.html"
    actions = ()
    actions_on_top, actions_on_bottom = False, True  # in sight however far one reads
    list_select_related = ("topic", "owner", "waiting_on")
    search_fields = ("title", "text")  # shows the box; `get_search_results` says what is found
    search_help_text = "Words in title or text, references (DSQ-1234), an action (15/10), or a meeting (CCDG15)"
    show_full_result_count = False
    ordering = ("id",)
    change_form_template = "register/question.html"

    standing = ("reference", "status_word", "whose_move", "age", "classification", "raised_by_whom", "recorded_at")
    of_status = ("waiting_on", "review_by", "revisit_on", "disposition", "outcome")
    pointing = ("agreed", "merged_with", "split_off")

    # What is shown

    @admin.display(description="question", ordering="title")
    def question(self, question):
        """The title, and below it the topic, who may see it where not all members do, and where words were found."""
        seen_by = "" if question.classification == Classification.MEMBERS else question.get_classification_display()
        notes = (str(question.topic or "no topic yet"), seen_by, getattr(question, "found_in", ""))
        said = " · ".join(filter(None, notes))
        return format_html('{} <span class="under">{}</span>', question.title, said)

    @admin.display(description="status", ordering="status")
    def status_word(self, question):
        word = format_html('<span class="status {}">{}</span>', question.status, question.get_status_display())
        word = format_html("{} {}", word, SUSPECT) if getattr(question, "is_suspect", False) else word
        return (
            format_html('{} <span class="round">{}</span>', word, self.describe_round(question))
            if question.review_by
            else word
        )

    def describe_round(self, question):
        """Return when the review ends or ended, in colour where it is over, and how positions stand where counted."""
        over = question.review_by < today()
        end = f"{'ended' if over else 'by'} {date_format(question.review_by, 'j M')}"
        tally = getattr(question, "tally", None)
        return format_html(
            '<span class="{}">{}</span>{}', "late" if over else "muted", end, f"; {tally.describe()}" if tally else ""
        )

    @admin.display(description="whose move", ordering=make_holder_expression())
    def whose_move(self, question):
        return question.holder

    @admin.display(description="working days old", ordering="age_in_days")
    def age(self, question):
        return f"{question.age(today()):,}"

    @admin.display(description="working days here", ordering="days_in_status")
    def here(self, question):
        return f"{question.get_days_in_status(today()):,}"

    @admin.display(description="due", ordering="due_on", empty_value="-")
    def due(self, question):
        if question.due_on is None:
            return None
        day = date_format(question.due_on, "j M Y")
        late = question.status in LIVE and question.due_on < today()
        return (
            format_html('<span class="late">{}<span class="visually-hidden"> overdue</span></span>', day)
            if late
            else day
        )

    @admin.display(description="priority", ordering=make_priority_expression())
    def priority_word(self, question):
        return question.get_priority_display() or "-"

    def get_queryset(self, request):
        return super().get_queryset(request).with_ages(today())

    def changelist_view(self, request, extra_context=None):
        tab = TABS.get(request.GET.get(TabFilter.parameter_name), TABS[DEFAULT_TAB])[0]
        more = {"title": f"Questions: {tab.lower()}", "may_import": request.user.has_role(Role.TRIAGE)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def get_actions(self, request):
        return bulk_actions() if request.user.has_role(Role.TRIAGE) and "_popup" not in request.GET else {}

    def get_changelist(self, request, **kwargs):
        return TriageList

    @admin.display(description="raised by")
    def raised_by_whom(self, question):
        return question.raised_by or "-"

    @admin.display(description="assignee")
    def assigned_to(self, question):
        return question.assignee_label or "-"

    @admin.display(description="agreed answer")
    def agreed(self, question):
        return self.linked(question.agreed_answer, question.viewer)

    @admin.display(description="merged into")
    def merged_with(self, question):
        return self.linked(get_merge_end(question, question.viewer), question.viewer)

    @admin.display(description="split from")
    def split_off(self, question):
        return self.linked(question.split_from, question.viewer)

    def load_object(self, request, object_id, from_field=None):
        """Read the question with its `version`, the rows that it refers to and, as `derived`, those made from it.

        Those are the questions that the user may see which were split from it or merged into it.
        """
        if from_field or not is_key(str(object_id)):
            return super().load_object(request, object_id, from_field)
        made_from = Q(pk=object_id) | Q(split_from=object_id) | Q(merged_into=object_id)
        rows = annotate_version(self.get_queryset(request)).annotate(assignee_label=make_assignee_label("assignee"))
        rows = rows.filter(made_from).select_related(*REFERRED_TO)
        questions = {row.pk: row for row in rows}
        if question := questions.pop(int(object_id), None):
            question.derived, question.viewer = list(questions.values()), request.user
        return question

    def get_search_results(self, request, queryset, search_term):
        words = " ".join(search_term.split()[:MOST_WORDS])
        return (queryset.search(words, request.user) if words else queryset), False

    def get_paginator(self, request, queryset, per_page, **options):
        whole = self.get_queryset(request).select_related(*self.list_select_related)
        options |= {"standings": get_standings(request), "sought": bool(LOOKED_UP & set(request.GET))}
        return FirstThousand(queryset, per_page, whole=whole, **options)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": self._may_give(request)})]
        if getattr(request, "is_of_the_past", False):
            return [(None, {"fields": ("reference", "status_word", *EDITABLE, "classification", *self.of_status)})]
        if not self.has_change_permission(request, obj):
            return []
        words = tuple(name for name in EDITABLE if name not in FACTS)
        return [(None, {"fields": (*words, "reason")}), ("Facts", {"fields": FACTS})]

    def _may_give(self, request):
        if request.user.has_role(Role.TRIAGE):
            return (*EDITABLE, "classification", "reason")
        return tuple(name for name in EDITABLE if name in MEMBERS_MAY_GIVE)

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        return (
            *super().get_readonly_fields(request, obj),
            "assigned_to",
            *self.standing,
            *self.of_status,
            *self.pointing,
        )

    def get_form(self, request, obj=None, change=False, **kwargs):
        raising = RaiseForm if request.user.has_role(Role.TRIAGE) else RefusableForm
        return super().get_form(request, obj, change=change, form=EditForm if change else raising, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "assignee":
            kwargs["queryset"] = User.objects.assignable()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ("due_on", "raised_on"):
            kwargs["widget"] = DayInput()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    # What is done

    def has_add_permission(self, request):
        return request.user.has_role(Role.TRIAGE) or request.user.has_role(Role.MEMBER)

    def has_change_permission(self, request, obj=None):
        return request.user.has_role(Role.TRIAGE) and not getattr(request, "is_of_the_past", False)

    def save_model(self, request, obj, form, change):
        given = dict(form.cleaned_data)
        seen = given.pop("seen", None)
        if change:
            typed = {name: given[name] for name in form.changed_data if name in EDITABLE}
            saved = edit_question(obj, by=request.user, seen=seen, reason=given["reason"], **typed)
        else:
            saved = raise_question(by=request.user, **given)
        obj.__dict__.update(saved.__dict__)

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(partial(view, self))

        return [
            path("<int:object_id>/move/agree/", page(agree_page), name="register_question_agree"),
            path("<int:object_id>/move/<str:name>/", page(move_page), name="register_question_move"),
            path("<int:object_id>/reclassify/", page(reclassify_page), name="register_question_reclassify"),
            path("<int:object_id>/put-back/", page(put_back_page), name="register_question_put_back"),
            path("<int:object_id>/carried/", page(link_change_page), name="register_question_carried"),
            path("<int:object_id>/schedule/", page(schedule_page), name="register_question_schedule"),
            path("<int:object_id>/outcome/", page(outcome_page), name="register_question_outcome"),
            path("<int:object_id>/amend/", page(amend_page), name="register_question_amend"),
            path("<int:object_id>/split/", page(split_page), name="register_question_split"),
            path("import/", page(upload_page), name="register_question_import"),
            path("import/<int:pending_id>/", page(preview_page), name="register_question_import_preview"),
            path("export.<str:name>", page(export_page), name="register_question_export"),
            path("<int:object_id>/print/", page(print_question_page), name="register_question_print_one"),
            path("print/", page(print_page), name="register_question_print"),
            *super().get_urls(),
        ]

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, {"title": "Raise a question", **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        question = self.get_object(request, object_id)
        panels = {"is_whole": True, **get_panels(self, request, question)} if question else {}
        return super().change_view(request, object_id, form_url, {**panels, **(extra_context or {})})
