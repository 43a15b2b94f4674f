"""Who may do what: roles, and the parts that a person plays towards one question."""

from register.ledger.unit_of_work import Actor
from register.models import Question
from register.refusals import NotPermitted
from register.vocabulary import Role
from register.workflow import Part


def require_role(by: Actor, *roles: Role, to: str) -> None:
    """Raise NotPermitted unless an active user has one of the roles. `to` completes “Only … may …”."""
    if not (by and by.is_active and any(by.has_role(role) for role in roles)):
        raise NotPermitted(f"Only {' or '.join(roles)} may {to}.")


def require_part(question: Question, by: Actor, *parts: Part, to: str) -> None:
    """Raise NotPermitted unless the user plays one of the parts. `to` completes “Only … may …”."""
    if not get_parts(question, by) & set(parts):
        raise NotPermitted(f"Only {' or '.join(parts)} may {to}.")


def get_parts(question: Question, by: Actor) -> frozenset[Part]:
    """Return the parts that a user plays towards a question."""
    if not (by and by.is_active):
        return frozenset()
    takes_part = by.has_role(Role.TRIAGE) or by.has_role(Role.MEMBER)
    owns = question.owner_id is not None and question.owner_id == by.organisation_id
    plays = {
        Part.TRIAGE: by.has_role(Role.TRIAGE),
        Part.APPROVER: by.has_role(Role.APPROVER),
        Part.OWNER: owns and takes_part and not by.has_role(Role.FEED),
        Part.RAISER: takes_part and question.raised_by_id == by.pk,
    }
    return frozenset(part for part in plays if plays[part])
