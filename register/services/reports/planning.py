"""Compare a report with the register."""

import hashlib
import re

from rapidfuzz import fuzz, process

from register.headline_report.references import references
from register.headline_report.sentences import sentences
from register.models import Action, Group, Meeting, Origin, Question
from register.services.reports.proposals import Kind, Plan, Proposal, What
from register.words import OriginKind, Status

MUCH_THE_SAME = 90  # out of 100: the same question in other words
SAME_WITH_MEETING = 75  # enough where both cite one meeting
SAME_PLACE = 60  # enough in the same paragraph and bullet of the same meeting's report
YEARS_APART = 180  # days between two meetings of one number, in groups whose numbers restart


def paragraph_digest(paragraph):
    return hashlib.sha256(paragraph.whole.encode()).hexdigest() if paragraph else ""


def held_meeting(group_name, number, held_on):
    """Return the meeting of that number nearest to that date, or None; one held at another time altogether is none."""
    found = list(Meeting.objects.filter(group__name=group_name, number=number))
    near = [m for m in found if not (m.held_on and held_on) or abs((m.held_on - held_on).days) <= YEARS_APART]
    return next((m for m in near if m.held_on == held_on), near[0] if near else None)


def split_name(name):
    """Return (group, number) of a meeting's name such as `CCDG15`."""
    match = re.fullmatch(r"(.*?)(\d+)", name)
    return match[1], int(match[2])


def plan_report(report):
    """Return the `Plan` of a report: what is new, changed, clashing, mentioned or held already. Nothing is written."""
    meeting = held_meeting(report.meeting.group, report.meeting.number, report.meeting.held_on)
    known = _Known(report, meeting)
    return Plan(
        report,
        [
            *_meetings(report, meeting),
            *(_action(minted, known) for minted in report.actions),
            *(_mention(mention, known) for mention in report.mentions),
            *(_question(asked, known) for asked in report.questions),
        ],
    )


class _Known:
    """What the register holds that this report may speak of, fetched once."""

    def __init__(self, report, meeting):
        self.report, self.meeting = report, meeting
        group = Group.objects.filter(name=report.meeting.group).first()
        self.actions = {action.reference: action for action in Action.objects.filter(group=group)} if group else {}
        origins = Origin.objects.filter(report__meeting=meeting) if meeting else Origin.objects.none()
        self.origins = list(origins.select_related("question", "action").order_by("id"))
        self.questions = {
            question.pk: question for question in Question.objects.exclude(status__in=[Status.WITHDRAWN, Status.MERGED])
        }
        self.texts = {pk: question.text for pk, question in self.questions.items()}

    def last(self, kind, **place):
        """Return the latest origin of a kind at a place: `question`, `action_id`, `paragraph`, `bullet`…"""
        found = [o for o in self.origins if o.kind == kind and all(getattr(o, k) == v for k, v in place.items())]
        return found[-1] if found else None

    def note_on(self, origin):
        """Say where an unchanged item rests on a paragraph that reads differently now."""
        now = paragraph_digest(self.report.paragraph(origin.paragraph))
        return "" if now == origin.paragraph_digest else f"Paragraph {origin.paragraph} reads differently now."


def _meetings(report, held):
    header = report.meeting
    yield _own_meeting(header, held)
    announced = report.next_meeting
    days = {announced.name: announced.held_on} if announced and announced.name else {}
    for name in dict.fromkeys([*report.meetings, *days]):
        yield _other_meeting(name, days.get(name), announced)


def _own_meeting(header, held):
    common = {"what": What.MEETING, "label": header.name, "paragraph": "", "published": _dated(header.held_on)}
    key = f"meeting:{header.name}"
    if held is None:
        return Proposal(key, Kind.NEW, **common)
    if held.held_on is None and header.held_on:
        return Proposal(key, Kind.CHANGED, **common, held=_dated(None), target=held)
    if header.held_on and held.held_on != header.held_on:
        note = "The register has it on another day; its items are linked to the meeting that is held."
        return Proposal(key, Kind.CLASH, **common, held=_dated(held.held_on), note=note, target=held)
    return Proposal(key, Kind.UNCHANGED, **common, held=_dated(held.held_on), target=held)


def _other_meeting(name, held_on, announced):
    held = held_meeting(*split_name(name), held_on)
    kind = Kind.NEW if held is None else Kind.CHANGED if held_on and held.held_on is None else Kind.UNCHANGED
    if held and held_on and held.held_on not in (None, held_on):
        kind = Kind.CLASH
    note = "The next meeting, as announced." if held_on else "Mentioned."
    described = _dated(held.held_on) if held else ""
    return Proposal(
        f"meeting:{name}", kind, What.MEETING, name, "", _dated(held_on), held=described, note=note, target=held
    )


def _dated(day):
    return f"{day.day} {day:%B %Y}" if day else "date not known"


def _action(minted, known):
    held = known.actions.get(minted.reference)
    origin = known.last(OriginKind.MINTED, action_id=held.pk) if held else None
    kind, note = _action_kind(minted, held, origin, known)
    serves = f"It serves the questions of {minted.serves}." if minted.serves else ""
    return Proposal(
        f"action:{minted.reference}",
        kind,
        What.ACTION,
        minted.reference,
        minted.paragraph,
        minted.text,
        held=held.text if held else "",
        note=" ".join(filter(None, [note, serves])),
        owner=minted.owner,
        due_as_written=minted.due_as_written,
        target=held,
    )


def _action_kind(minted, held, origin, known):
    if held is None:
        return Kind.NEW, ""
    if origin and origin.published == minted.text:
        return Kind.UNCHANGED, known.note_on(origin)
    if origin and held.text == origin.published:
        return Kind.CHANGED, "The report was revised."
    if origin:
        return Kind.CLASH, "The report was revised, and a triager had reworded the action."
    if held.meeting_id is None or held.origins.filter(kind=OriginKind.MENTIONED).exists():
        return Kind.CHANGED, "Known so far from mentions alone."
    return Kind.CLASH, "The register has an action of this reference that came from no report."


def _mention(mention, known):
    held = known.actions.get(mention.reference)
    told = {o.paragraph for o in known.origins if o.kind == OriginKind.MENTIONED and held and o.action_id == held.pk}
    untold = tuple(paragraph for paragraph in mention.paragraphs if paragraph not in told)
    return Proposal(
        f"mention:{mention.reference}",
        Kind.MENTION if untold else Kind.UNCHANGED,
        What.ACTION,
        mention.reference,
        ", ".join(mention.paragraphs),
        _where_mentioned(mention, known.report),
        held=held.text if held else "",
        note="" if held else "Not known yet: a stub is made.",
        paragraphs=untold,
        target=held,
    )


def _where_mentioned(mention, report):
    """Return the words that mention an action: a heading, or a sentence of its first paragraph."""
    paragraph = report.paragraph(mention.paragraph)
    if paragraph is None or mention.reference in references(paragraph.heading):
        return paragraph.heading if paragraph else ""
    return next((said for said in sentences(paragraph.whole) if mention.reference in references(said)), paragraph.text)


def _question(asked, known):
    common = {
        "label": f"{asked.paragraph}, bullet {asked.bullet}" if asked.bullet else asked.paragraph,
        "paragraph": asked.paragraph,
        "published": asked.text,
        "bullet": asked.bullet,
        "topic": asked.topic,
        "meetings": asked.meetings,
    }
    key = f"question:{asked.paragraph}:{asked.bullet or asked.line}"
    same = known.last(OriginKind.ASKED, published=asked.text)
    if same:
        held, note = same.question, known.note_on(same)
        return Proposal(key, Kind.UNCHANGED, What.QUESTION, held=held.text, note=note, target=held, **common)
    place = known.last(OriginKind.ASKED, paragraph=asked.paragraph, bullet=asked.bullet)
    if place and fuzz.token_set_ratio(place.published, asked.text) >= SAME_PLACE:
        return _reworded(key, place, common)
    return _resembling(key, asked, known, common) or Proposal(key, Kind.NEW, What.QUESTION, **common)


def _reworded(key, origin, common):
    """The same place of the same meeting's report, in other words: changed, unless a triager made it their own."""
    held = origin.question
    settled = held.text != origin.published or held.status not in (Status.RAISED, Status.OPEN)
    note = (
        "The report was revised, and the question has moved on or was reworded."
        if settled
        else "The report was revised."
    )
    kind = Kind.CLASH if settled else Kind.CHANGED
    return Proposal(key, kind, What.QUESTION, held=held.text, note=note, target=held, **common)


def _resembling(key, asked, known, common):
    """Propose a link to a question already held that asks much the same, with the score."""
    best = process.extractOne(
        asked.text, known.texts, scorer=fuzz.token_sort_ratio, processor=_bare, score_cutoff=SAME_WITH_MEETING
    )
    if best is None:
        return None
    held, score = known.questions[best[2]], round(best[1])
    cited = {str(link.meeting) for link in held.meeting_links.filter(struck_out=False).select_related("meeting__group")}
    if score < MUCH_THE_SAME and not cited & set(asked.meetings):
        return None
    note = f"It resembles {held.reference} ({score} of 100): a link to it is proposed, not a second question."
    return Proposal(key, Kind.NEW, What.LINK, held=held.text, note=note, score=score, target=held, **common)


def _bare(text):
    """Return a question without its citation, case and punctuation, so that wording alone is compared."""
    return " ".join(re.findall(r"\w+", re.sub(r"\([^()]*\bsee\b[^()]*\)", "", text).lower()))
