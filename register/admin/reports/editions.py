"""The editions of a meeting's report, and what one of them changed against the one before."""

from dataclasses import dataclass

from register.admin.guarded import is_visible
from register.headline_report.editions import ChangeKind
from register.ledger.timeline import compare_words
from register.models import HeadlineReport
from register.refusals import Refused
from register.services.reports import read_file
from register.services.reports.editions import compare_edition, get_editions


@dataclass(frozen=True)
class Edition:
    """One file of the meeting's report. `changes` are as `describe_changes` has them, where they are asked for.

    `said` is a sentence instead of them: why there are none.
    """

    report: HeadlineReport
    is_first: bool
    is_asked: bool = False
    changes: dict | None = None
    said: str = ""


def list_editions(report, user, asked):
    """Return the editions of a report's meeting that a user may see, the latest first.

    `asked` is the key, as text, of the one whose changes are shown: to compare reads two files anew.
    """
    found = [row for row in get_editions(report.meeting) if is_visible(row, user)]
    return [_make_edition(row, found[n:], str(row.pk) == asked) for n, row in enumerate(found, 1)]


def _make_edition(report, earlier, is_asked):
    if report.is_file_redacted:
        return Edition(report, not earlier, said="Its file was redacted, so what it changed cannot be shown.")
    if not is_asked or not earlier:
        return Edition(report, not earlier)
    try:
        revision = compare_edition(read_file(bytes(report.content)), earlier)
    except Refused as refusal:
        return Edition(report, False, True, said=f"It cannot be compared any more. {refusal}")
    if revision is None:
        return Edition(report, False, True, said="The files of all earlier editions were redacted.")
    changes = describe_changes(revision)
    return Edition(report, False, True, changes, said="" if revision.changes else "No paragraph of it is another.")


def describe_changes(revision):
    """Return what `edition_changes.html` shows of a revision: what was reworded, added, removed, and what only moved.

    `reworded` are [(number before, number now, differences)]; of the others the changes themselves.
    """
    changes = {kind: [change for change in revision.changes if change.kind == kind] for kind in ChangeKind}
    reworded = [change for change in revision.changes if change.is_reworded]
    return {
        "before": revision.before,
        "counts": revision.describe(),
        "reworded": [(c.before, c.now, {"pieces": compare_words(c.was, c.reads)}) for c in reworded],
        "added": changes[ChangeKind.ADDED],
        "removed": changes[ChangeKind.REMOVED],
        "moved": changes[ChangeKind.MOVED],
    }
