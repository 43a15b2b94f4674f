"""What a triager left out of a report for good: skipped, or not a question. It is remembered until taken back."""

from collections.abc import Iterable
from typing import Any

from register.headline_report.report import LONGEST_PLACE
from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.models import DismissedItem, HeadlineReport, Meeting
from register.services.cleaning import clean_row
from register.services.permissions import require_role
from register.services.reports.alike import strip_wording
from register.services.reports.proposals import Proposal, ProposalKind
from register.services.rows import reload_visible
from register.vocabulary import Role

LONGEST_ITEM = 200


def find_dismissed(proposals: Iterable[Proposal], meeting: Meeting | None) -> dict[str, DismissedItem]:
    """Return {key: what was said of it} of the proposals that were left out of this or an earlier edition.

    They are told by their words, whatever their place. What the register holds meanwhile is not among them.
    """
    rows: Any = DismissedItem.objects.filter(report__meeting=meeting, is_taken_back=False) if meeting else []
    said = {(row.item, strip_wording(row.published)): row for row in rows}
    open_ones = [proposal for proposal in proposals if said and proposal.kind != ProposalKind.UNCHANGED]
    found = ((p.key, said.get((_describe(p), strip_wording(p.published)))) for p in open_ones)
    return {key: row for key, row in found if row}


def dismiss(proposal: Proposal, dismissed_as: str, report: HeadlineReport, *, by: Actor, reason: str) -> DismissedItem:
    """Record that a proposal of a report is left out, as one of `DismissedAs`; return it. Raises Invalid."""
    row = DismissedItem(
        report=report,
        dismissed_as=dismissed_as,
        item=_describe(proposal),
        paragraph=proposal.paragraph[:LONGEST_PLACE],
        published=proposal.published,
    )
    return record(clean_row(row), by=by, reason=reason)


def take_back(dismissed: DismissedItem, *, by: Actor) -> DismissedItem:
    """Let the report propose again what was left out; return it. Raises NotVisible, NotPermitted."""
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="import a report")
        row = reload_visible(dismissed, by)
        if row.is_taken_back:
            return row
        row.is_taken_back = True
        return record(row, by=by, reason="Taken back: it is proposed again")


def get_dismissers(rows: Iterable[DismissedItem]) -> dict[int, Any]:
    """Return {key: the history row of how it was left out, which names who and when}."""
    made = DismissedItem.history.filter(id__in=[row.pk for row in rows], history_type="+")
    return {row.id: row for row in made}


def _describe(proposal: Proposal) -> str:
    """Return what a proposal is of, whatever its place: a question is known by its words alone."""
    prefix = proposal.key.split(":")[0]
    return prefix if prefix == "question" else f"{prefix} {proposal.label}"[:LONGEST_ITEM]
