"""Questions on paper, to be handed round: where each comes from, its answer, positions, dates and whose move."""

from collections import defaultdict
from dataclasses import dataclass

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from register.admin.answer_panels import POSITIONS
from register.admin.changelist import refuse_in_a_page
from register.admin.exports import get_changelist, refuse_long_list
from register.admin.meetings.brought_up import list_brought_up
from register.clock import today
from register.models import Answer, Origin, Question, Review
from register.services.position_tallies import PositionTally, count_reviews
from register.vocabulary import STANDING_ANSWERS

BATCH = 500  # questions whose answers are read at once


@dataclass(frozen=True)
class Sheet:
    """One question as it is printed, as one person may see it."""

    question: Question
    meetings: list
    origins: list
    answer: Answer | None
    reviews: list
    tally: PositionTally | None


def make_sheets(questions, user):
    """Return a `Sheet` for each question, as the user may see it."""
    questions = list(questions)
    return [
        sheet
        for start in range(0, len(questions), BATCH)
        for sheet in _make_batch(questions[start : start + BATCH], user)
    ]


def _make_batch(questions, user):
    meetings = list_brought_up(questions, user)
    origins = Origin.objects.visible_to(user).filter(question__in=questions).select_related("report__meeting__group")
    answers = Answer.objects.visible_to(user).filter(question__in=questions, status__in=STANDING_ANSWERS)
    answers = sorted(answers, key=lambda answer: -STANDING_ANSWERS.index(answer.status))
    latest = {answer.question_id: answer for answer in answers}
    said = Review.objects.visible_to(user).filter(answer__in=latest.values()).with_leavers()
    reviews = _group(said.select_related("organisation"), "answer_id")
    origins = _group(origins, "question_id")
    for question in questions:
        answer = latest.get(question.pk)
        yield _make_sheet(question, meetings[question.pk], origins[question.pk], answer, reviews)


def _make_sheet(question, meetings, origins, answer, reviews):
    given = sorted(reviews[answer.pk], key=lambda review: POSITIONS.index(review.position)) if answer else []
    tally = count_reviews(given, question.review_by) if given else None
    return Sheet(question, meetings, origins, answer, given, tally)


def _group(rows, column):
    grouped = defaultdict(list)
    for row in rows:
        grouped[getattr(row, column)].append(row)
    return grouped


@refuse_in_a_page
def print_page(model_admin, request):
    """Show the list at this address as a page that can be posted to members as it is."""
    changelist = get_changelist(model_admin, request)
    if refused := refuse_long_list(model_admin, request, changelist):
        return refused
    tab = next((tab["display"] for tab in changelist.tabs if tab["selected"]), "Questions")
    return _make_page(request, changelist.get_queryset(request), f"DCC/SEC questions: {capfirst(tab)}")


def print_question_page(model_admin, request, object_id):
    """Show one question as a page to be printed."""
    question = model_admin.get_object(request, object_id)
    if question is None:
        raise Http404("There is no such question.")
    return _make_page(request, [question], f"DCC/SEC question {question.reference}")


def _make_page(request, questions, title):
    sheets = make_sheets(questions, request.user)
    context = {"sheets": sheets, "title": title, "on": today(), "is_list": not isinstance(questions, list)}
    return TemplateResponse(request, "register/print.html", context)
