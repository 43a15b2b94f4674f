"""Which documents show what: of a row that was written, and of another document."""

from django.db.models import Q

from register.models import (
    Action,
    ActionLink,
    Answer,
    Group,
    Meeting,
    MeetingLink,
    Organisation,
    Question,
    Review,
    Topic,
)
from register.words import DocumentKind

K = DocumentKind

_OF = {
    Question: lambda row: [(K.QUESTION, row.pk)],
    Answer: lambda row: [(K.QUESTION, row.question_id), (K.ANSWER, row.pk)],
    Review: lambda row: [(K.QUESTION, row.about_question()), (K.ANSWER, row.answer_id)],
    MeetingLink: lambda row: [(K.QUESTION, row.question_id), (K.MEETING, row.meeting_id)],
    ActionLink: lambda row: [(K.QUESTION, row.question_id), (K.ACTION, row.action_id)],
    Meeting: lambda row: [(K.MEETING, row.pk)],
    Action: lambda row: [(K.ACTION, row.pk)],
    Topic: lambda row: [(K.TOPIC, row.pk)],
    Organisation: lambda row: [(K.ORGANISATION, row.pk)],
    Group: lambda row: [None, *_keys(K.MEETING, row.meetings), *_keys(K.ACTION, _actions_naming(row))],
}


def documents_of(row):
    """Return [(kind, id)] of the documents that show an audited row, the one that its ledger entry is about first.

    None stands first where the entry is about no document; an empty list says that no document shows the row.
    """
    return _OF.get(type(row), lambda row: [])(row)


def shown_by(kind, pk):
    """Yield (kind, ids) of the documents that show the face of this one, by way of what they refer to."""
    for other, rows in _SHOWN_BY[kind](pk):
        yield other, rows.values_list("pk", flat=True)


def _keys(kind, rows):
    return [(kind, pk) for pk in rows.values_list("pk", flat=True)]


def _actions_naming(group):
    return Action.objects.filter(Q(group=group) | Q(owner_group=group) | Q(meeting__group=group))


_SHOWN_BY = {
    K.QUESTION: lambda pk: [
        (K.QUESTION, Question.objects.filter(Q(merged_into=pk) | Q(split_from=pk))),
        (K.ANSWER, Answer.objects.filter(question=pk)),
        (K.MEETING, Meeting.objects.filter(links__question=pk)),
        (K.ACTION, Action.objects.filter(links__question=pk)),
    ],
    K.ANSWER: lambda pk: [],
    K.MEETING: lambda pk: [
        (K.QUESTION, Question.objects.filter(meeting_links__meeting=pk)),
        (K.ACTION, Action.objects.filter(meeting=pk)),
    ],
    K.ACTION: lambda pk: [(K.QUESTION, Question.objects.filter(action_links__action=pk))],
    K.TOPIC: lambda pk: [(K.QUESTION, Question.objects.filter(topic=pk))],
    K.ORGANISATION: lambda pk: [
        (K.QUESTION, Question.objects.filter(Q(owner=pk) | Q(waiting_on=pk))),
        (K.ACTION, Action.objects.filter(owner=pk)),
    ],
}
