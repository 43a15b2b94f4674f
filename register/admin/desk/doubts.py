"""The desk's list of what is in doubt."""

from django.db.models import Case, Value, When
from django.utils.formats import date_format

from register.admin.desk.figures import get_list_address, make_figure
from register.admin.desk.sections import DAY, SHOWN, Line, Section, get_filled
from register.admin.suspects.doubts import get_item_address
from register.admin.suspects.filters import find_suspects
from register.models import Action, Answer, Question, SuspectMark
from register.services.suspects.marks import annotate_beginning
from register.vocabulary import SuspectCause

LOOKED_AT = 10 * SHOWN  # marks: several may be on one thing
WHY = {
    SuspectCause.REWORDED: "reworded",
    SuspectCause.REMOVED: "removed",
    SuspectCause.GROUND_CHANGED: "ground changed",
    SuspectCause.GROUND_SUSPECT: "ground suspect",
    SuspectCause.GROUND_HIDDEN: "ground hidden",
}


def make_doubts_section(user):
    """What is suspect, the longest first, and last what goes by itself once what it rests on is clear."""
    follows = Case(When(cause=SuspectCause.GROUND_SUSPECT, then=Value(1)), default=Value(0))
    marks = annotate_beginning(SuspectMark.objects.visible_to(user).standing()).order_by(follows, "pk")
    marks = marks.select_related("question", "action__group", "answer__question")[:LOOKED_AT]
    first = {mark.item_reference: mark for mark in reversed(marks)}  # of several on one thing
    lines = [_make_line(mark) for mark in marks if first[mark.item_reference] is mark]
    questions = find_suspects(Question.objects.visible_to(user), user)
    actions = find_suspects(Action.objects.visible_to(user), user)
    figures = (
        make_figure(questions, "among questions", get_list_address(tab="all", suspect="yes")),
        make_figure(actions, "among actions", get_list_address("action", suspect="yes")),
    )
    return Section("doubts", "In doubt", tuple(lines[:SHOWN]), get_filled(figures), "Nothing is in doubt.")


def _make_line(mark):
    item = mark.item
    title = item.question.title if isinstance(item, Answer) else getattr(item, "title", item.text)
    note = f"{WHY[SuspectCause(mark.cause)]}, {date_format(mark.since, DAY)}"
    return Line(mark.item_reference, title, get_item_address(mark), note, "due")
