"""What is in doubt, and what answers rest on: cards on pages, short pages, filters of lists."""

from register.admin.suspects.grounds import AnswerGroundAdmin
from register.admin.suspects.mark_admin import SuspectMarkAdmin

__all__ = ["AnswerGroundAdmin", "SuspectMarkAdmin"]
