"""A question's timeline in words."""

from django.db import models

from register.documents.kinds import KINDS
from register.ledger.timeline import compare_words, get_timeline


def describe_timeline(model_admin, request, question, history, status_changes):
    """Return one timeline of everything as the template shows it, latest first; `history` is as in `get_timeline`.

    `status_changes` are the question's, as `get_status_history` returns them: each stands as the `move` of its item.
    """
    happenings = get_timeline(question, seen_by=request.user, history=history)
    items = {entry.position: _describe_entry(model_admin, request, entry) for entry in happenings}
    for change in status_changes:
        items[change.position] = {**items.get(change.position, {}), **_describe_move(change)}
    return [items[position] for position in sorted(items, reverse=True)]


def _describe_move(change):
    return {
        "move": change,
        "at": change.at,
        "by": change.by,
        "organisation": change.organisation,
        "reason": "" if change.redacted else change.reason,
        "redacted": change.redacted,
    }


def _describe_entry(model_admin, request, happening):
    return {
        "what": KINDS[happening.kind].describe(happening.row, is_new=happening.is_new),
        "at": happening.at,
        "by": happening.by,
        "organisation": happening.organisation,
        "reason": happening.reason,
        "redacted": happening.redacted,
        "changes": [_describe_change(model_admin, request, *change) for change in happening.changes],
    }


def _describe_change(model_admin, request, field, old, new):
    is_prose = isinstance(field, models.TextField) and old and new
    return {
        "field": field.verbose_name,
        "old": model_admin.display_value(request, field, old),
        "new": model_admin.display_value(request, field, new),
        "pieces": compare_words(old, new) if is_prose else None,
    }
