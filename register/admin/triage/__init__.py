"""Triage: the queue beside one raised question, one form, one row of buttons with keys."""

from register.admin.triage.pages import keys_page, triage_page, undo_page

__all__ = ["keys_page", "triage_page", "undo_page"]
