"""The desk: the things themselves that wait for a person, each list with its number and the way to all of it."""

from register.admin.desk.pages import changes_page, get_desk, last_visit_page

__all__ = ["changes_page", "get_desk", "last_visit_page"]
