"""Deal with many questions at once: see what would happen to each before the button, and what did after it."""

from register.admin.bulk.pages import bulk_actions

__all__ = ["bulk_actions"]
