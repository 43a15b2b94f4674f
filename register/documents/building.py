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


class _Bodies:
    """Groups, organisations and topics by id, each fetched once."""

    def __init__(self, source):
        self.source, self.held = source, {}

    def fetch(self, model, ids):
        held = self.held.setdefault(model, {})
        if missing := ids - set(held):
            held |= _by_id(self.source.rows(model, id__in=missing))

    def name(self, model, pk):
        return self.held[model][pk].name if pk else None


class Questions:
    kind, model = DocumentKind.QUESTION, Question
    face = ("reference",)  # what other documents show of it; and whether they may

    def __init__(self, ids, source):
        self.rows = _by_id(source.rows(Question, id__in=ids))
        questions = self.rows.values()
        pointed = _ids(questions, "merged_into_id", "split_from_id")
        self.others = self.rows | _by_id(source.rows(Question, id__in=pointed - set(self.rows)) if pointed else ())
        self.answers = _Answers(source.rows(Answer, question_id__in=ids), source)
        self.meetings = _Meetings(source.rows(MeetingLink, question_id__in=ids, struck_out=False), source)
        self.actions = _Served(source.rows(ActionLink, question_id__in=ids, struck_out=False), source)
        self.bodies = _Bodies(source)
        self.bodies.fetch(Topic, _ids(questions, "topic_id"))
        self.bodies.fetch(Organisation, _ids(questions, "owner_id", "waiting_on_id"))

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

    def __init__(self, rows, source):
        self.by_question = _grouped(rows, "question_id")
        self.reviews = _grouped(
            source.rows(Review, answer_id__in=[row.id for row in rows]) if rows else (), "answer_id"
        )

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

    def __init__(self, links, source):
        self.links = _grouped(links, "question_id")
        self.meetings = _by_id(source.rows(Meeting, id__in=_ids(links, "meeting_id")) if links else ())
        self.bodies = _Bodies(source)
        self.bodies.fetch(Group, _ids(self.meetings.values(), "group_id"))

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

    def __init__(self, links, source):
        self.links = _grouped(links, "question_id")
        self.actions = _by_id(source.rows(Action, id__in=_ids(links, "action_id")) if links else ())
        self.bodies = _Bodies(source)
        _fetch_for_actions(self.bodies, self.actions.values())

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


def _fetch_for_actions(bodies, actions):
    bodies.fetch(Group, _ids(actions, "group_id", "owner_group_id"))
    bodies.fetch(Organisation, _ids(actions, "owner_id"))


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
        self.rows = _by_id(source.rows(Answer, id__in=ids))
        self.answers = _Answers(self.rows.values(), source)
        self.questions = _by_id(source.rows(Question, id__in=_ids(self.rows.values(), "question_id")))

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
        self.rows = _by_id(source.rows(Meeting, id__in=ids))
        self.links = _grouped(source.rows(MeetingLink, meeting_id__in=ids, struck_out=False), "meeting_id")
        asked = {link.question_id for links in self.links.values() for link in links}
        self.questions = _by_id(source.rows(Question, id__in=asked) if asked else ())
        self.bodies = _Bodies(source)
        self.bodies.fetch(Group, _ids(self.rows.values(), "group_id"))

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
        self.rows = _by_id(source.rows(Action, id__in=ids))
        actions = self.rows.values()
        self.links = _grouped(source.rows(ActionLink, action_id__in=ids, struck_out=False), "action_id")
        asked = {link.question_id for links in self.links.values() for link in links}
        self.questions = _by_id(source.rows(Question, id__in=asked) if asked else ())
        minted = _ids(actions, "meeting_id")
        self.meetings = _by_id(source.rows(Meeting, id__in=minted) if minted else ())
        self.bodies = _Bodies(source)
        self.bodies.fetch(Group, _ids(self.meetings.values(), "group_id"))
        _fetch_for_actions(self.bodies, actions)

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
