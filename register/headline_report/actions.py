"""Find the actions of a report: markers and logs mint them, and so do sentences that name their own; others mention."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from register.headline_report.assembly import Found, Marked
from register.headline_report.commitments import Task, find_tasks
from register.headline_report.inline_actions import find_inline_actions
from register.headline_report.references import References
from register.headline_report.report import LoggedAction, Mention, MintedAction, Note, Report
from register.headline_report.sentences import Speakers, split_sentences

_COMMITTED = re.compile(r"\bagreed\s+to\b", re.I)
_SUPERSEDES = re.compile(r"supersed\w+\s+(.*)", re.I)


def find_actions(found: Found, report: Report, speakers: Speakers, references: References) -> list[MintedAction]:
    """Return the actions that a report mints, in its order: by markers, by sentences, and by rows of its logs.

    The first that has a reference counts; what another says otherwise is a doubt at it. Adds to the report's warnings,
    and to its log what a marker says of another action.
    """
    minted: dict[str, MintedAction] = {}
    for marked in found.markers:
        for action in _read_marker(marked, report, speakers, references):
            _add(minted, action)
        report.log += _read_superseded(marked, references)
    for action in find_inline_actions(report, speakers, references):
        minted.setdefault(action.reference, action)
    for row in report.log:
        if references.get_meeting_number(row.reference) in report.meeting.all.values():
            _add_row(minted, row, report)
    _warn_of_leaps(minted, report, references)
    return sorted(minted.values(), key=lambda action: action.line)


def _read_marker(marked: Marked, report: Report, speakers: Speakers, references: References) -> Iterator[MintedAction]:
    listed = list(dict.fromkeys(marked.line.label.split(",")))
    tasks = find_tasks(marked, len(listed), speakers)
    for reference, task in zip(listed, tasks, strict=True):
        yield _make_action(reference, task, marked, report, references)


def _make_action(reference: str, task: Task, marked: Marked, report: Report, references: References) -> MintedAction:
    group = _find_other_group(reference, marked.line.rest, report, references)
    doubt = " ".join(filter(None, [task.doubt, _tell_of_group(group, reference)]))
    return MintedAction(
        reference,
        marked.paragraph.number,
        task.text,
        task.owner,
        task.due,
        marked.line.number,
        doubt=doubt,
        group=group,
        page=marked.line.page,
    )


def _find_other_group(reference: str, rest: str, report: Report, references: References) -> str:
    """Return the other group of a joint meeting whose action a reference is, or ""."""
    number = references.get_meeting_number(reference)
    others = dict(report.meeting.held_with)
    named = next((group for group in others if re.search(rf"\b{group}\b", rest)), None)
    if named or number == report.meeting.number:
        return named or ""
    return next((group for group, of in others.items() if of == number), "")


def _tell_of_group(group: str, reference: str) -> str:
    return f"Action {reference} is the {group}'s, with which this meeting was held." if group else ""


def _add(minted: dict[str, MintedAction], action: MintedAction) -> None:
    """Add an action, or a doubt at the one of its reference where a second one does not say the same."""
    first = minted.setdefault(action.reference, action)
    if first is action:
        return
    said = [
        f"{name} {theirs}"
        for name, ours, theirs in (
            ("owner", first.owner, action.owner),
            ("due", first.due_as_written, action.due_as_written),
        )
        if theirs and ours and _differ(ours, theirs)
    ]
    elsewhere = first.paragraph != action.paragraph and not _is_summary(action)
    if said or elsewhere:
        told = f"It stands again on line {action.line}" + (f", with {' and '.join(said)}" if said else "") + "."
        first = replace(first, doubt=f"{first.doubt} {told}".strip())
    minted[action.reference] = _fill(first, action.owner, action.due_as_written)


def _differ(ours: str, theirs: str) -> bool:
    """Return whether two texts say different things: “20 August” says no other day than “20 August 2021”."""
    ours, theirs = ours.casefold(), theirs.casefold()
    return ours not in theirs and theirs not in ours


def _is_summary(action: MintedAction) -> bool:
    """Return whether an action stands under a heading without a paragraph, as in a closing summary."""
    return "." not in action.paragraph


def _fill(action: MintedAction, owner: str | None, due: str | None) -> MintedAction:
    return replace(action, owner=action.owner or owner or None, due_as_written=action.due_as_written or due or None)


def _add_row(minted: dict[str, MintedAction], row: LoggedAction, report: Report) -> None:
    text = row.text or row.update
    action = MintedAction(row.reference, row.place, text, row.owner or None, row.due or None, row.line, page=row.page)
    if row.reference in minted:
        _add(minted, replace(action, paragraph=minted[row.reference].paragraph))
    else:
        minted[row.reference] = replace(action, doubt="" if text else "The log does not say what is to be done.")


def _read_superseded(marked: Marked, references: References) -> Iterator[LoggedAction]:
    """Yield the actions that a marker says its own supersedes: “Action 25/01 (supersedes Action 24/07)”."""
    if match := _SUPERSEDES.search(marked.line.rest):
        for reference in references.find(match[1]):
            status = f"superseded by Action {marked.line.label.split(',')[0]}"
            yield LoggedAction(reference, "", marked.paragraph.number, marked.line.number, status=status)


def _warn_of_leaps(minted: dict[str, MintedAction], report: Report, references: References) -> None:
    """Say which numbers between those of this meeting's actions are missing: their page may be."""
    own = [
        a
        for a in minted.values()
        if not a.group and references.get_meeting_number(a.reference) == report.meeting.number
    ]
    held = {references.get_number(action.reference) for action in own}
    missing = sorted(set(range(1, max(held, default=0))) - held)
    if missing and len(missing) < len(held) + 3:
        told = ", ".join(map(str, missing))
        report.warnings.append(Note(1, f"No action is numbered {told} here: one may be missing."))


def find_mentions(report: Report, early: Iterable[tuple[str, str]], references: References) -> list[Mention]:
    """Return the actions that a report refers to and does not mint, each once.

    `early` are (number of the paragraph before, or "", text) of references that close no paragraph. Adds a warning to
    the report for each action that is numbered for this meeting.
    """
    found: dict[str, list[str]] = {}
    for paragraph, text in [*early, *_find_places(report)]:
        for reference in references.find(text):
            found.setdefault(reference, []).append(paragraph)
    for row in report.log:
        found.setdefault(row.reference, []).append(row.place)
    own = {action.reference for action in report.actions}
    others = {reference: at for reference, at in found.items() if reference not in own}
    for reference, at in others.items():
        if references.get_meeting_number(reference) == report.meeting.number:
            said = f"Action {reference} is numbered for this meeting, but no marker of its own mints it."
            report.warnings.append(Note(_get_line_number(report, at[0]), said))
    return [Mention(reference, tuple(dict.fromkeys(at))) for reference, at in others.items()]


def _get_line_number(report: Report, number: str) -> int:
    paragraph = report.paragraph(number)
    return paragraph.line if paragraph else 1


def _find_places(report: Report) -> Iterator[tuple[str, str]]:
    """Yield (paragraph number, text) of every section's title, heading and paragraph, in order."""
    titles = {str(section.number): section.title for section in report.sections}
    heading = ""
    for paragraph in report.places:
        if title := titles.pop(paragraph.number.split(".")[0], ""):
            yield paragraph.number, title
        if paragraph.heading != heading:
            heading = paragraph.heading
            yield paragraph.number, heading
        yield paragraph.number, paragraph.full_text


def find_unmarked_commitments(report: Report) -> list[Note]:
    """Return a note for each commitment that no marker follows."""
    owned = {action.paragraph for action in report.actions}
    return [
        Note(paragraph.line, f"{paragraph.number}: {sentence}")
        for paragraph in report.paragraphs
        if paragraph.number not in owned
        for sentence in split_sentences(paragraph.text)
        if _COMMITTED.search(sentence)
    ]
