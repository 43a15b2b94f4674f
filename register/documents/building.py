"""Build documents: one class a kind, which fetches what many documents show and makes each for one clearance.

A document is a dict of plain values that says everything a reader needs, `version` apart, which is the position at
which it is kept. Names of fields are those of the OpenAPI schema (`register.api.shapes`), which a test compares.
"""

from collections import Counter, defaultdict
from datetime import UTC

from register import clock, workflow
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
from register.words import DocumentKind, Position

API = "/api/v1/"


def _by_id(rows):
    return {row.id: row for row in rows}


def _grouped(rows, key):
    groups = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _ids(rows, *names):
    return {value for row in rows for name in names if (value := getattr(row, name)) is not None}


def _time(moment):
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _day(day):
    return day and day.isoformat()


def question_url(reference):
    return f"{API}questions/{reference}/"


def url(kind, pk):
    return f"{API}{kind}s/{pk}/"


_BODIES = {"groups": Group, "organisations": Organisation, "topics": Topic}


class _Bodies:
    """Groups, organisations and topics by id."""

    def __init__(self, source, **ids):
        """Fetch the `groups`, `organisations` and `topics` of these ids."""
        wanted = {model: ids[name] for name, model in _BODIES.items() if name in ids}
        found = source.together(*((model, {"id__in": keys}) for model, keys in wanted.items()))
        self.held = {model: _by_id(rows) for model, rows in zip(wanted, found, strict=True)}

    def name(self, model, pk):
        return self.held[model][pk].name if pk else None


class Questions:
    kind, model = DocumentKind.QUESTION, Question
    face = ("reference",)  # what other documents show of it; and whether they may

    def __init__(self, ids, source):
        asked = {"question_id__in": ids}
        rows, answers, links, served = source.together(
            (Question, {"id__in": ids}),
            (Answer, asked),
            (MeetingLink, asked | {"struck_out": False}),
            (ActionLink, asked | {"struck_out": False}),
        )
        others, reviews, meetings, actions = source.together(
            (Question, {"id__in": _ids(rows, "merged_into_id", "split_from_id") - _ids(rows, "id")}),
            (Review, {"answer_id__in": _ids(answers, "id")}),
            (Meeting, {"id__in": _ids(links, "meeting_id")}),
            (Action, {"id__in": _ids(served, "action_id")}),
        )
        self.bodies = _Bodies(
            source,
            topics=_ids(rows, "topic_id"),
            organisations=_ids(rows, "owner_id", "waiting_on_id") | _ids(actions, "owner_id"),
            groups=_ids(meetings, "group_id") | _ids(actions, "group_id", "owner_group_id"),
        )
        self.rows, self.others = _by_id(rows), _by_id([*rows, *others])
        self.answers = _Answers(answers, reviews)
        self.meetings = _Meetings(links, meetings, self.bodies)
        self.actions = _Served(served, actions, self.bodies)

    def document(self, pk, seen):
        """Return (reference, document), or None where readers of that clearance may not see it."""
        row = self.rows.get(pk)
        if row is None or row.classification not in seen:
            return None
        owner, waiting_on = (self.bodies.name(Organisation, key) for key in (row.owner_id, row.waiting_on_id))
        answers = self.answers.of(pk, seen)
        return row.reference, {
            "reference": row.reference,
            "url": question_url(row.reference),
            "title": row.title or "",
            "text": row.text or "",
            "topic": self.bodies.name(Topic, row.topic_id),
            "status": row.status,
            "holder": workflow.holder(row.status, owner=owner, waiting_on=waiting_on),
            "owner": owner,
            "priority": row.priority or None,
            "classification": row.classification,
            "due_on": _day(row.due_on),
            "raised_on": _day(row.raised_on),
            "recorded_at": _time(row.recorded_at),
            "status_since": _time(row.status_since),
            "working_days_before": row.working_days_before,
            "clock_runs": row.status in clock.RUNS_IN,
            "waiting_on": waiting_on,
            "review_by": _day(row.review_by),
            "revisit_on": _day(row.revisit_on),
            "agreed_answer": next((a["number"] for a in answers if a["id"] == row.agreed_answer_id), None),
            "disposition": row.disposition or None,
            "outcome": row.outcome or None,
            "merged_into": self._other(row.merged_into_id, seen),
            "split_from": self._other(row.split_from_id, seen),
            "meetings": self.meetings.of(pk),
            "actions": self.actions.of(pk, seen),
            "answers": answers,
        }

    def _other(self, pk, seen):
        other = self.others.get(pk)
        return other.reference if other and other.classification in seen else None


class _Answers:
    """The answers of many questions, with the tallies of their reviews."""

    def __init__(self, rows, reviews):
        self.by_question, self.reviews = _grouped(rows, "question_id"), _grouped(reviews, "answer_id")

    def of(self, question, seen):
        answers = sorted(self.by_question[question], key=lambda row: row.number)
        return [self.part(row, seen) for row in answers if row.classification in seen]

    def part(self, row, seen):
        return {
            "id": row.id,
            "url": url("answer", row.id),
            "number": row.number,
            "status": row.status,
            "text": row.text or "",
            "classification": row.classification,
            "reviews": self._tally(row.id, seen),
        }

    def _tally(self, answer, seen):
        """Return how many members hold each position, those who said nothing left out."""
        said = (r.position for r in self.reviews[answer] if r.classification in seen)
        return dict(sorted(Counter(position for position in said if position != Position.NO_RESPONSE).items()))


class _Meetings:
    """The meetings that many questions are linked to."""

    def __init__(self, links, meetings, bodies):
        self.links, self.meetings, self.bodies = _grouped(links, "question_id"), _by_id(meetings), bodies

    def of(self, question):
        return [self._part(link, self.meetings[link.meeting_id]) for link in self.links[question]]

    def _part(self, link, meeting):
        return {
            "meeting": meeting_name(self.bodies, meeting),
            "held_on": _day(meeting.held_on),
            "url": url("meeting", meeting.id),
            "kind": link.kind,
            "paragraph": link.paragraph or None,
        }


class _Served:
    """The actions that serve many questions."""

    def __init__(self, links, actions, bodies):
        self.links, self.actions, self.bodies = _grouped(links, "question_id"), _by_id(actions), bodies

    def of(self, question, seen):
        actions = (self.actions[link.action_id] for link in self.links[question])
        return [self._part(action) for action in actions if action.classification in seen]

    def _part(self, action):
        return {
            "reference": action_reference(self.bodies, action),
            "url": url("action", action.id),
            "status": action.status,
            "owner": action_owner(self.bodies, action),
            "due_on": _day(action.due_on),
        }


def meeting_name(bodies, meeting):
    return f"{bodies.name(Group, meeting.group_id)}{meeting.number}"


def action_reference(bodies, action):
    """Return the reference with its group: as minuted, 15/10, it can come again in another."""
    return f"{bodies.name(Group, action.group_id)} {action.reference}"


def action_owner(bodies, action):
    if action.owner_group_id:
        return f"{bodies.name(Group, action.owner_group_id)} members"
    return bodies.name(Organisation, action.owner_id)


class Answers:
    kind, model = DocumentKind.ANSWER, Answer
    face = ()

    def __init__(self, ids, source):
        rows = source.rows(Answer, id__in=ids)
        reviews, questions = source.together(
            (Review, {"answer_id__in": _ids(rows, "id")}), (Question, {"id__in": _ids(rows, "question_id")})
        )
        self.rows, self.questions, self.answers = _by_id(rows), _by_id(questions), _Answers(rows, reviews)

    def document(self, pk, seen):
        row = self.rows.get(pk)
        question = row and self.questions.get(row.question_id)
        if not question or row.classification not in seen or question.classification not in seen:
            return None
        about = {"question": question.reference, "question_url": question_url(question.reference)}
        return f"{question.reference} answer {row.number}", about | self.answers.part(row, seen)


class Meetings:
    kind, model = DocumentKind.MEETING, Meeting
    face = ("reference", "name", "held_on")

    def __init__(self, ids, source):
        rows, links = source.together(
            (Meeting, {"id__in": ids}), (MeetingLink, {"meeting_id__in": ids, "struck_out": False})
        )
        self.rows, self.links = _by_id(rows), _grouped(links, "meeting_id")
        self.questions = _by_id(source.rows(Question, id__in=_ids(links, "question_id")))
        self.bodies = _Bodies(source, groups=_ids(rows, "group_id"))

    def document(self, pk, seen):
        row = self.rows.get(pk)
        if row is None or not seen:
            return None
        name = meeting_name(self.bodies, row)
        # Numbers restart in some groups: the date tells two meetings of one name apart.
        reference = f"{name} {row.held_on}" if row.held_on else name
        links = ((link, self.questions[link.question_id]) for link in self.links[pk])
        return reference, {
            "id": pk,
            "reference": reference,
            "url": url("meeting", pk),
            "name": name,
            "group": self.bodies.name(Group, row.group_id),
            "number": row.number,
            "held_on": _day(row.held_on),
            "links": [self._part(link, asked) for link, asked in links if asked.classification in seen],
        }

    def _part(self, link, question):
        return {
            "question": question.reference,
            "url": question_url(question.reference),
            "kind": link.kind,
            "paragraph": link.paragraph or None,
        }


class Actions:
    kind, model = DocumentKind.ACTION, Action
    face = ("reference", "status", "owner", "due_on")

    def __init__(self, ids, source):
        rows, links = source.together(
            (Action, {"id__in": ids}), (ActionLink, {"action_id__in": ids, "struck_out": False})
        )
        questions, meetings = source.together(
            (Question, {"id__in": _ids(links, "question_id")}), (Meeting, {"id__in": _ids(rows, "meeting_id")})
        )
        self.rows, self.links = _by_id(rows), _grouped(links, "action_id")
        self.questions, self.meetings = _by_id(questions), _by_id(meetings)
        self.bodies = _Bodies(
            source,
            groups=_ids(meetings, "group_id") | _ids(rows, "group_id", "owner_group_id"),
            organisations=_ids(rows, "owner_id"),
        )

    def document(self, pk, seen):
        row = self.rows.get(pk)
        if row is None or row.classification not in seen:
            return None
        reference, meeting = action_reference(self.bodies, row), self.meetings.get(row.meeting_id)
        asked = (self.questions[link.question_id] for link in self.links[pk])
        return reference, {
            "id": pk,
            "reference": reference,
            "url": url("action", pk),
            "minuted_as": row.reference,
            "group": self.bodies.name(Group, row.group_id),
            "meeting": meeting and meeting_name(self.bodies, meeting),
            "paragraph": row.paragraph or None,
            "text": row.text or "",
            "owner": action_owner(self.bodies, row),
            "due_on": _day(row.due_on),
            "due_as_written": row.due_as_written or None,
            "status": row.status,
            "classification": row.classification,
            "questions": [question.reference for question in asked if question.classification in seen],
        }


class _Named:
    """Reference data that is little more than a name."""

    face = ("name",)
    shown = ()

    def __init__(self, ids, source):
        self.rows = _by_id(source.rows(self.model, id__in=ids))

    def document(self, pk, seen):
        row = self.rows.get(pk)
        if row is None or not seen:
            return None
        more = {name: getattr(row, name) or None for name in self.shown}
        return row.name, {"id": pk, "url": url(self.kind, pk), "name": row.name, **more}


class Topics(_Named):
    kind, model = DocumentKind.TOPIC, Topic


class Organisations(_Named):
    kind, model = DocumentKind.ORGANISATION, Organisation
    shown = ("full_name",)


BUILDERS = {builder.kind: builder for builder in (Questions, Answers, Meetings, Actions, Topics, Organisations)}
