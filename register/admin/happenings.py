"""A question's timeline in words."""

from django.db import models

from register.ledger.timeline import timeline, word_differences
from register.words import AnswerStatus, LinkKind

WHAT = {
    "question": lambda row, new: "Raised" if new else "Edited",
    "answer": lambda row, new: f"Answer {row.number} {'proposed' if new else AnswerStatus(row.status).label}",
    "review": lambda row, new: f"Review by {row.reviewer_name}" + (" asked for" if new else ""),
    "meetinglink": lambda row, new: f"Meeting link {'struck out' if row.struck_out else LinkKind(row.kind).label}",
    "actionlink": lambda row, new: f"Action link {'struck out' if row.struck_out else 'added'}",
    "origin": lambda row, new: f"Imported from paragraph {row.paragraph} of a headline report",
}


def happenings_of(model_admin, request, question):
    """Return the timeline as the template shows it, latest first."""
    return [_told(model_admin, request, happening) for happening in timeline(question, seen_by=request.user)]


def _told(model_admin, request, happening):
    return {
        "what": WHAT[happening.kind](happening.row, happening.is_new),
        "at": happening.at,
        "by": happening.by,
        "organisation": happening.organisation,
        "reason": happening.reason,
        "redacted": happening.redacted,
        "changes": [_change(model_admin, request, *change) for change in happening.changes],
    }


def _change(model_admin, request, field, old, new):
    is_prose = isinstance(field, models.TextField) and old and new
    return {
        "field": field.verbose_name,
        "old": model_admin.said(request, field, old),
        "new": model_admin.said(request, field, new),
        "pieces": word_differences(old, new) if is_prose else None,
    }
