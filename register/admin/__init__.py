"""The admin: triage and review, over the services."""

from django.contrib import admin

from register.admin import answers, code_changes, people, questions, reference, reports, suspects
from register.admin.actions import action_admin
from register.admin.meetings import meeting_admin

admin.site.site_header = "DCC/SEC question register"
admin.site.site_title = "DCC/SEC question register"
admin.site.index_title = "The register"
admin.site.site_url = None
admin.site.enable_nav_sidebar = False  # its links stand in the header, and lists need the width
admin.site.disable_action("delete_selected")

__all__ = [
    "action_admin",
    "answers",
    "code_changes",
    "meeting_admin",
    "people",
    "questions",
    "reference",
    "reports",
    "suspects",
]
