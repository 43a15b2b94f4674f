"""The page that finds from anywhere: questions, what was said beside them, actions and meetings."""

from dataclasses import dataclass

from django.contrib import admin
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format

from register.admin.desk.figures import get_list_address
from register.admin.desk.sections import Line, make_question_line
from register.admin.found_in import get_found_in
from register.characters import fold_for_search
from register.models import Action, Answer, Change, Meeting, Question, Review
from register.models.questions import get_keys_by_change
from register.models.search import (
    MOST_WORDS,
    make_passage_lookup,
    parse_action_references,
    parse_change_reference,
    parse_meeting_name,
    parse_references,
    split_words,
)

SHOWN = 20  # of each kind
BEFORE, EXCERPT = 60, 220  # characters of a text that are shown: before the first word that was found, and in all


@dataclass(frozen=True)
class Found:
    """What was found of one kind, and where all of it is listed."""

    heading: str
    lines: tuple
    address: str = ""


def find_page(request):
    """Lead to what is named by a reference or a name, or show what has the words, by kinds."""
    text = " ".join(request.GET.get("q", "").replace("\0", " ").split()[:MOST_WORDS])
    found = [kind for kind in _find(text, request.user) if kind.lines] if text else []
    lines = [line for kind in found for line in kind.lines]
    if _is_name(text) and len(lines) == 1:
        return HttpResponseRedirect(lines[0].address)
    context = {**admin.site.each_context(request), "title": f"Found: {text}" if text else "Find", "text": text}
    return TemplateResponse(request, "admin/find.html", {**context, "found": found})


def _is_name(text):
    names = parse_references(text) or parse_action_references(text) or parse_meeting_name(text)
    return bool(names or any(parse_change_reference(text)))


def _find(text, user):
    """Yield what has the words of a text, or is named by it. What a name is of comes first, and then alone."""
    finds = (_find_meetings, _find_named_actions, _find_named_changes)
    named = [kind for kind in (find(text, user) for find in finds) if kind.lines]
    if parse_references(text) or named:
        asked = Q(reference__in=parse_references(text)) | Q(pk__in=get_keys_by_change(text, user))
        rows = Question.objects.visible_to(user).filter(asked)
        yield from [*named, Found("Questions", tuple(make_question_line(row) for row in rows[:SHOWN]))]
        return
    yield _find_questions(text, user)
    for find in (_find_answers, _find_comments, _find_actions):
        yield find(text, user)


def _find_questions(text, user):
    rows = Question.objects.visible_to(user).search(text, user).order_by("relevance")
    where = get_found_in(rows[:SHOWN], text, user)
    lines = tuple(make_question_line(row, where.get(row.pk, "")) for row in rows[:SHOWN])
    return Found("Questions", lines, get_list_address(tab="all", q=text))


def _find_passages(kind, rows, text):
    return rows.filter(pk__in=make_passage_lookup(kind, text)).order_by("-pk")[:SHOWN]


def _find_answers(text, user):
    rows = Answer.objects.visible_to(user).select_related("question")
    return Found("Answers", tuple(_make_answer_line(row, text) for row in _find_passages("answer", rows, text)))


def _make_answer_line(answer, text):
    address = reverse("admin:register_answer_change", args=[answer.pk])
    title = make_excerpt(answer.text, text)
    return Line(f"{answer.question.reference} answer {answer.number}", title, address, answer.get_status_display())


def _find_comments(text, user):
    rows = Review.objects.visible_to(user).select_related("answer__question", "organisation")
    return Found(
        "Comments on positions", tuple(_make_comment_line(row, text) for row in _find_passages("review", rows, text))
    )


def _make_comment_line(review, text):
    question = review.answer.question
    address = reverse("admin:register_question_change", args=[question.pk])
    who = f"{review.reviewer_name}: {review.get_position_display()}"
    return Line(question.reference, make_excerpt(review.comment, text), address, who)


def _find_actions(text, user):
    rows = Action.objects.visible_to(user).select_related("group")
    return Found("Actions", tuple(_make_action_line(row, text) for row in _find_passages("action", rows, text)))


def _find_named_actions(text, user):
    rows = Action.objects.visible_to(user).filter(reference__in=parse_action_references(text))
    return Found("Actions", tuple(_make_action_line(row, text) for row in rows.select_related("group")[:SHOWN]))


def _find_named_changes(text, user):
    rows = Change.objects.visible_to(user).named(text)
    return Found("Code changes", tuple(_make_change_line(row) for row in rows[:SHOWN]))


def _make_change_line(change):
    address = reverse("admin:register_change_change", args=[change.pk])
    former = ", ".join(change.list_former_references())
    note = f"formerly {former}, {change.get_stage_display()}" if former else change.get_stage_display()
    return Line(str(change), change.title, address, note)


def _make_action_line(action, text):
    address = reverse("admin:register_action_change", args=[action.pk])
    return Line(action.full_reference, make_excerpt(action.text, text), address, action.get_status_display())


def _find_meetings(text, user):
    name = parse_meeting_name(text)
    rows = Meeting.objects.visible_to(user).find_by_name(name).select_related("group") if name else ()
    return Found("Meetings", tuple(_make_meeting_line(row) for row in rows[:SHOWN]))


def _make_meeting_line(meeting):
    held = date_format(meeting.held_on, "j F Y") if meeting.held_on else "its date is not known"
    return Line(str(meeting), held, reverse("admin:register_meeting_change", args=[meeting.pk]))


def make_excerpt(text, sought):
    """Return the part of a text that has the first of the words sought, or its beginning."""
    folded = fold_for_search(text)
    places = [place for word in split_words(sought) if (place := folded.find(word)) >= 0]
    start = max(0, min(places, default=0) - BEFORE)
    start = text.find(" ", start) + 1 if start else 0
    end = start + EXCERPT
    return f"{'… ' * bool(start)}{text[start:end].strip()}{' …' * (len(text) > end)}"
