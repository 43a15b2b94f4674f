"""What the page shows: each proposal, doubt and loose line beside the paragraph that it comes from, in its order."""

from bisect import bisect_right
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse

from register.admin.reports.forms import OF_A_NOTE, OF_ANY, NoteForm, RowForm, get_initial, list_names
from register.characters import unify_line_ends
from register.ledger.timeline import compare_words
from register.models import Action, Origin, Question
from register.services.reports.planning import get_meeting
from register.services.reports.proposals import APPLIED_WHERE_ASKED, ItemType, ProposalKind

COMPARED = (ProposalKind.CHANGED, ProposalKind.CLASH, ProposalKind.NEW)  # with the words that are held


@dataclass
class Row:
    """One proposal, with its form and what is ticked of it. `was_typed` where its words or place were put right."""

    number: int
    proposal: object
    form: RowForm
    is_ticked: bool
    is_skipped: bool
    is_no_question: bool
    was_typed: bool

    @property
    def change(self):
        """The differences between the words that are held and those of the report, for `word_differences.html`."""
        has_words = self.proposal.what in (ItemType.ACTION, ItemType.QUESTION, ItemType.LINK)
        if not (has_words and self.proposal.held and self.proposal.kind in COMPARED):
            return None
        return {"pieces": compare_words(self.proposal.held, self.proposal.published)}

    @property
    def target_address(self):
        """The page of the action or question that the register has, or nothing."""
        target = self.proposal.target
        pages = {Action: "admin:register_action_change", Question: "admin:register_question_change"}
        return reverse(pages[type(target)], args=[target.pk]) if type(target) in pages else ""

    @property
    def is_doubt(self):
        return self.proposal.kind in APPLIED_WHERE_ASKED

    @property
    def is_opened(self):
        """Whether its words and paragraph stand open: where they were put right, or something is wrong with them."""
        return self.was_typed or any(name in self.form.errors for name in OF_ANY)

    @property
    def owner_is_unknown(self):
        field = self.form.fields.get("owner")
        return field is not None and self.proposal.owner not in dict(field.choices)

    @property
    def words(self):
        return [self.form[name] for name in OF_ANY if name in self.form.fields]

    @property
    def choices(self):
        """The fields that stand open in the row; those of its words are folded."""
        return [field for field in self.form if field.name not in OF_ANY]


@dataclass
class NoteRow:
    """A line that the reader took for neither action nor question. `origin` is of what was made of it before."""

    name: str
    kind: str
    line: int
    words: str
    paragraph: str = ""
    form: NoteForm | None = None
    origin: Origin | None = None


@dataclass
class Place:
    """A paragraph of the report, or the whole of it, with what is proposed and doubted there."""

    number: str
    heading: str = ""
    text: str = ""
    page: int | None = None
    rows: list = field(default_factory=list)
    doubts: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    @property
    def title(self):
        """What it is called: a paragraph by its number, an annex or area by its name."""
        return f"Paragraph {self.number}" if self.number[:1].isdigit() else self.number or self.heading

    @property
    def is_filled(self):
        return bool(self.rows or self.doubts or self.notes)


def make_row(number, proposal, plan, entries, offered):
    """Return the row of a proposal as it was left; its form is bound where it is sent to be recorded."""
    key, known = proposal.key, entries.knows(proposal.key)
    skipped, no_question = entries.has("skip", key), entries.has("not_a_question", key)
    ticked = entries.has("accept", key) if known else key in plan.unasked
    ticked = ticked and not (skipped or no_question)
    initial = get_initial(proposal, plan.report.meeting.held_on, offered)
    typed = entries.get_initial(list_names(proposal), key) if known else {}
    was_typed = any(unify_line_ends(typed.get(name, initial[name])) != initial[name] for name in OF_ANY)
    sent = entries.fields if entries.are_sent and ticked else None
    form = RowForm(proposal, offered, sent, initial={**initial, **typed})
    return Row(number, proposal, form, ticked, skipped, no_question, was_typed)


def make_note_rows(plan, entries, offered):
    """Return a row for each line that may be an action or a question, as it was left."""
    report, made = plan.report, _find_made(plan.report)
    found = [("commitment", n, note) for n, note in enumerate(report.remarks)]
    found += [("unplaced", n, note) for n, note in enumerate(report.unplaced)]
    rows = []
    for kind, n, note in found:
        paragraph = _get_paragraph(report, note.line)
        words = note.text.removeprefix(f"{paragraph}: ")
        row = NoteRow(f"note-{kind}-{n}", kind, note.line, words, paragraph, origin=made.get(words))
        row.form = _make_note_form(row, entries, offered)
        rows.append(row)
    return rows


def _make_note_form(row, entries, offered):
    initial = {"words": row.words, "paragraph": row.paragraph}
    typed = entries.get_initial(OF_A_NOTE, row.name)
    is_sent = entries.are_sent and typed.get("make")
    return NoteForm(row, offered, entries.fields if is_sent else None, initial={**initial, **typed})


def _find_made(report):
    """Return {words: the origin} of what a triager made of such lines before."""
    header = report.meeting
    meeting = get_meeting(header.group, header.number, header.held_on)
    words = [note.text.partition(": ")[2] for note in report.remarks] + [note.text for note in report.unplaced]
    if meeting is None or not words:
        return {}
    found = Origin.objects.filter(report__meeting=meeting, published__in=words)
    of_another = ~Q(action=None) & ~Q(action__meeting=meeting)  # it was mentioned there, and made elsewhere
    return {origin.published: origin for origin in found.exclude(of_another).select_related("question", "action")}


def arrange(plan, rows, notes):
    """Return the places of a report that have something to decide or to doubt, in its order.

    First stands what comes from no paragraph: meetings, and what its beginning raises.
    """
    report = plan.report
    whole, rest = Place("", "The whole report"), Place("", "Not of one paragraph")
    places = {p.number: Place(p.number, p.heading, p.full_text, p.page) for p in _list_by_line(report)}
    for row in rows:
        number = row.proposal.paragraph.split(", ")[0]
        is_whole = row.proposal.what in (ItemType.MEETING, ItemType.EDITION)
        places.get(number, whole if is_whole else rest).rows.append(row)
    for warning in report.warnings:
        places.get(_get_paragraph(report, warning.line), whole).doubts.append(warning)
    for note in notes:
        places.get(note.paragraph, whole).notes.append(note)
    return [place for place in (whole, *places.values(), rest) if place.is_filled]


def _get_paragraph(report, line):
    """Return the number of the paragraph that a line of the report stands in or after, or nothing before the first."""
    found = _list_by_line(report)
    before = bisect_right([paragraph.line for paragraph in found], line)
    return found[before - 1].number if before else ""


def _list_by_line(report):
    """Return the paragraphs and areas of a report as they stand in it."""
    return sorted(report.places, key=lambda paragraph: paragraph.line)
