"""A question's timeline in words."""

from django.db import models

from register.documents.kinds import KINDS
from register.ledger.timeline import compare_words, get_timeline


def happenings_of(model_admin, request, question, history):
    """Return the timeline as the template shows it, latest first; `history` is as in `get_timeline`."""
    happenings = get_timeline(question, seen_by=request.user, history=history)
    return [_told(model_admin, request, happening) for happening in happenings]


def _told(model_admin, request, happening):
    return {
        "what": KINDS[happening.kind].describe(happening.row, is_new=happening.is_new),
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
        "pieces": compare_words(old, new) if is_prose else None,
    }
