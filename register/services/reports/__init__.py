"""From a read report to the register: propose what to record, beside what is held; apply what a triager accepts."""

from register.services.reports.applying import apply_decisions, apply_report
from register.services.reports.planning import plan_report
from register.services.reports.proposals import Decisions, MadeItem, Plan, Proposal, ProposalRefused
from register.services.reports.reading import read_file

__all__ = [
    "Decisions",
    "MadeItem",
    "Plan",
    "Proposal",
    "ProposalRefused",
    "apply_decisions",
    "apply_report",
    "plan_report",
    "read_file",
]
