from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from tests.benchmarks.usual.models import Question


@admin.register(Question)
class QuestionAdmin(SimpleHistoryAdmin):
    list_display = ("reference", "title", "topic", "status", "owner", "priority", "due_on", "status_since")
    list_filter = ("status", "topic", "owner", "priority", "classification")
    search_fields = ("reference", "title", "text")
    list_per_page = 50
