"""Compare a report with the register."""

import hashlib
import re
from functools import cached_property
from math import ceil, floor

from rapidfuzz import fuzz, process

from register.headline_report.references import references
from register.headline_report.sentences import sentences
from register.models import Action, Group, Meeting, Origin, Question
from register.services.reports.proposals import Kind, Plan, Proposal, What
from register.vocabulary import OriginKind, Status

MUCH_THE_SAME = 90  # out of 100: the same question in other words
SAME_WITH_MEETING = 75  # enough where both cite one meeting
SAME_PLACE = 60  # enough in the same paragraph and bullet of the same meeting's report
AS_LONG = SAME_WITH_MEETING / (200 - SAME_WITH_MEETING)  # a score is at most 200 × shorter / (shorter + longer)
LONGEST_COMPARED = 2_000  # characters; a longer text is no question that a person asked
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
            *_questions(report, known),
        ],
        gone_from(report, known),
    )


class _Known:
    """What the register holds that this report may speak of, fetched once."""

    def __init__(self, report, meeting):
        self.report, self.meeting = report, meeting
        group = Group.objects.filter(name=report.meeting.group).first()
        self.actions = {action.reference: action for action in Action.objects.filter(group=group)} if group else {}
        origins = Origin.objects.filter(report__meeting=meeting) if meeting else Origin.objects.none()
        self.origins = list(origins.select_related("question", "action").order_by("id"))

    @cached_property
    def matched(self):
        """{id of an asked question: the origin of the held one that it is}: same words first, then the likeliest."""
        same = self._same_words()
        return same | self._reworded(same)

    @cached_property
    def texts(self):
        """{key: its words in order} of each held question, of no match, that may resemble one of the report's without.

        Only its length can rule a question out. An index of words cannot: “read meters” and “reads meter” share none
        and score 91, and any word of a question from this field is in most of the register.
        """
        lengths = [len(_bare(asked.text)) for asked in self.report.questions if id(asked) not in self.matched]
        if not lengths:
            return {}
        near = range(floor(min(lengths) * AS_LONG), ceil(max(lengths) / AS_LONG) + 1)
        taken = {origin.question_id for origin in self.matched.values()}
        rows = Question.objects.exclude(status__in=[Status.WITHDRAWN, Status.MERGED]).values_list("pk", "text")
        bare = ((pk, _bare(text)) for pk, text in rows.iterator())
        return {pk: _in_order(text) for pk, text in bare if len(text) in near and pk not in taken}

    def latest(self, kind, item):
        """Return {item's key: its latest origin of that kind} for this meeting's reports."""
        return {getattr(origin, item): origin for origin in self.origins if origin.kind == kind}

    def _same_words(self):
        by_words = {origin.published: origin for origin in self.latest(OriginKind.ASKED, "question_id").values()}
        asked_of_all = self.report.questions
        return {id(asked): by_words.pop(asked.text) for asked in asked_of_all if asked.text in by_words}

    def _reworded(self, same):
        taken = {origin.question_id for origin in same.values()}
        held = [o for o in self.latest(OriginKind.ASKED, "question_id").values() if o.question_id not in taken]
        pairs = [
            (fuzz.token_sort_ratio(_bare(asked.text), _bare(origin.published)), n, asked, origin)
            for n, asked in enumerate(self.report.questions)
            if id(asked) not in same
            for origin in held
            if origin.paragraph == asked.paragraph
        ]
        return _one_to_one(pairs)

    def note_on(self, origin):
        """Say where an unchanged item rests on a paragraph that reads differently now."""
        now = paragraph_digest(self.report.paragraph(origin.paragraph))
        return "" if now == origin.paragraph_digest else f"Paragraph {origin.paragraph} reads differently now."


def _one_to_one(pairs):
    """Pair the likeliest first, each asked and each held question once, down to `SAME_PLACE`."""
    matched, used = {}, set()
    for score, _, asked, origin in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if score >= SAME_PLACE and id(asked) not in matched and origin.question_id not in used:
            matched[id(asked)] = origin
            used.add(origin.question_id)
    return matched


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
    origin = known.latest(OriginKind.MINTED, "action_id").get(held.pk) if held else None
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


def _questions(report, known):
    """Propose for each question asked: held in the same words, reworded, resembling one held, or new.

    A held question answers to one asked question at most: same words first, then the likeliest in the same paragraph.
    """
    keys = _keys(report.questions)
    for asked, key in zip(report.questions, keys, strict=True):
        common = {
            "label": f"{asked.paragraph}, bullet {asked.bullet}" if asked.bullet else asked.paragraph,
            "paragraph": asked.paragraph,
            "published": asked.text,
            "bullet": asked.bullet,
            "topic": asked.topic,
            "meetings": asked.meetings,
        }
        if origin := known.matched.get(id(asked)):
            yield _held(key, asked, origin, known, common)
        else:
            yield _resembling(key, asked, known, common) or Proposal(key, Kind.NEW, What.QUESTION, **common)


def _keys(questions):
    """Return a key for each question: its paragraph and bullet, and a count where one place asks several."""
    keys = []
    for asked in questions:
        place = f"question:{asked.paragraph}:{asked.bullet or 's'}"
        taken = sum(key == place or key.startswith(f"{place}:") for key in keys)
        keys.append(f"{place}:{taken + 1}" if taken else place)
    return keys


def _held(key, asked, origin, known, common):
    held = origin.question
    if origin.published == asked.text:
        note = known.note_on(origin)
        return Proposal(key, Kind.UNCHANGED, What.QUESTION, held=held.text, note=note, target=held, **common)
    settled = held.text != origin.published or held.status not in (Status.RAISED, Status.OPEN)
    note = "The report was revised" + (", and the question has moved on or was reworded." if settled else ".")
    kind = Kind.CLASH if settled else Kind.CHANGED
    return Proposal(key, kind, What.QUESTION, held=held.text, note=note, target=held, **common)


def _resembling(key, asked, known, common):
    """Propose a link to a question already held that asks much the same, with the score; a person decides a “not”."""
    bare = _bare(asked.text)
    best = process.extractOne(_in_order(bare), known.texts, scorer=fuzz.ratio, score_cutoff=SAME_WITH_MEETING)
    if best is None:
        return None
    held, score = Question.objects.get(pk=best[2]), round(best[1])
    cited = {str(link.meeting) for link in held.meeting_links.filter(struck_out=False).select_related("meeting__group")}
    if score < MUCH_THE_SAME and not cited & set(asked.meetings):
        return None
    note = f"It resembles {held.reference} ({score} of 100): a link to it is proposed, not a second question."
    denied = bool(_DENIES.search(bare)) != bool(_DENIES.search(_bare(held.text)))
    kind, note = (Kind.CLASH, f"{note} But one of the two says “not”.") if denied else (Kind.NEW, note)
    return Proposal(key, kind, What.LINK, held=held.text, note=note, score=score, target=held, **common)


_DENIES = re.compile(r"\b(?:not|no|never|without|cannot|isn|doesn|won|can t)\b")


def gone_from(report, known):
    """Return a sentence for each item that an earlier edition of this report had and this one has not."""
    actions = {minted.reference for minted in report.actions}
    held = {origin.question_id for origin in known.matched.values()}
    lost = [
        f"Action {origin.action.reference} ({origin.paragraph}) is no longer in the report."
        for origin in known.latest(OriginKind.MINTED, "action_id").values()
        if origin.action.reference not in actions
    ]
    return lost + [
        f"{origin.question.reference} ({origin.paragraph}) is no longer in the report."
        for origin in known.latest(OriginKind.ASKED, "question_id").values()
        if origin.question_id not in held
    ]


_CITATION, _WORD = re.compile(r"\([^()]*\bsee\b[^()]*\)"), re.compile(r"\w+")


def _bare(text):
    """Return a question without its citation, case and punctuation, so that wording alone is compared."""
    return " ".join(_WORD.findall(_CITATION.sub("", text[:LONGEST_COMPARED]).lower()))


def _in_order(bare):
    """Return the words of a bare text sorted: their `ratio` is then `token_sort_ratio`, each text sorted just once."""
    return " ".join(sorted(bare.split()))
