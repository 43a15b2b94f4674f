"""What is in doubt, in lists: the filter, and the note in a row."""

from django.utils.safestring import mark_safe

from register.admin.one_choice import OneChoiceFilter
from register.models import SuspectMark
from register.models.suspects import get_marked_keys

SUSPECT = mark_safe('<span class="status suspect">suspect</span>')


def find_suspects(rows, user):
    """Return those of the questions or actions on which a mark stands that a user may see."""
    return rows.filter(pk__in=get_marked_keys(SuspectMark.objects.visible_to(user).standing(), rows.model))


def note_suspects(rows, user):
    """Note on each question or action of a list's page, as `is_suspect`, whether such a mark stands on it."""
    marked = set()
    if rows:
        marks = SuspectMark.objects.visible_to(user).standing()
        marked = set(get_marked_keys(marks, type(rows[0])).filter(marked__in=[row.pk for row in rows]))
    for row in rows:
        row.is_suspect = row.pk in marked


class SuspectFilter(OneChoiceFilter):
    """What is in doubt; a question also by its answers."""

    title = "suspect"
    parameter_name = "suspect"

    def narrow(self, rows, user):
        return find_suspects(rows, user)
