"""What a person sets for themselves, beside the audited record."""

from datetime import datetime

from register.models import Preferences, User


def get_preferences(user: User) -> Preferences:
    """Return a user's preferences: the usual ones, unsaved, where none was ever set."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


def set_last_visit(user: User, at: datetime) -> None:
    """Set the moment (aware) since which changes are new to a user."""
    Preferences.objects.update_or_create(user=user, defaults={"last_visit": at})


def switch_keys(user: User, on: bool) -> None:
    """Switch shortcuts of one key on or off for a user (WCAG 2.2, 2.1.4)."""
    Preferences.objects.update_or_create(user=user, defaults={"keys": on})
