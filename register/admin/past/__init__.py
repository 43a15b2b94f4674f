"""The register as it was: its list, one question, and who decided what since."""

from register.admin.past.decisions_page import decisions_page
from register.admin.past.question_pages import past_list_page, past_question_page

__all__ = ["decisions_page", "past_list_page", "past_question_page"]
