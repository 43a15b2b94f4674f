"""The columns of a spreadsheet of questions: a whitelist, and never a status."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateField, QuerySet
from import_export import fields, instance_loaders, resources
from import_export.widgets import Widget

from register.models import Question, User
from register.services.cleaning import clean_row, is_same
from register.services.intake import prepare_question
from register.services.questions import count_days_before_record
from register.services.spreadsheets.cells import ChoiceCell, DayCell, NameCell, TextCell
from register.services.spreadsheets.files import COLUMNS

RELATIONS = [name for name in COLUMNS if Question._meta.get_field(name).is_relation]


def make_cell(column: Any) -> Widget:
    """Return how a column of the question is written in a spreadsheet."""
    if column.is_relation:
        return NameCell(column.related_model)
    if column.choices:
        return ChoiceCell(column.choices)
    return DayCell() if isinstance(column, DateField) else TextCell()


class QuestionSheet(resources.ModelResource):
    """Reads rows into questions and says how each differs; writes nothing itself."""

    reference = fields.Field("reference", "reference", TextCell())

    class Meta:
        model = Question
        fields = ("reference",)
        import_id_fields = ("reference",)
        instance_loader_class = instance_loaders.CachedInstanceLoader
        store_instance = skip_unchanged = report_skipped = True
        skip_html_diff = True

    def __init__(self, by: User) -> None:
        super().__init__()
        self.by = by
        self.seen: set[str] = set()
        cells = {name: make_cell(Question._meta.get_field(name)) for name in COLUMNS}
        self.fields: dict[str, Any] = self.fields | {
            name: fields.Field(name, name, cell) for name, cell in cells.items()
        }

    def get_queryset(self) -> QuerySet:
        return Question.objects.visible_to(self.by).select_related(*RELATIONS)

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        reference = row["reference"]
        if reference and (new or reference in self.seen):
            said = f"There is no question {reference}: leave the reference empty to raise a new one."
            twice = f"{reference} has an earlier row: leave one of them out."
            raise ValidationError({"reference": said if new else twice})
        self.seen.add(reference)
        instance.classified_before = instance.classification

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        if field.column_name in row and row[field.column_name] not in (None, "", "-"):
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        return bool(instance.pk) and not import_validation_errors and not get_differences(original, instance)

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        if instance.pk is None:
            _require_title_and_text(instance)
            prepare_question(instance, self.by)
        elif instance.classification != instance.classified_before:
            raise ValidationError({"classification": "Reclassify it on its own page: it takes a reason."})
        else:
            count_days_before_record(clean_row(instance))

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        return None


def _require_title_and_text(question: Question) -> None:
    if missing := [name for name in ("title", "text") if not getattr(question, name)]:
        raise ValidationError({name: f"Give it a {name}." for name in missing})


def get_differences(before: Question, after: Question) -> dict[str, tuple[Any, Any]]:
    """Return {name: (old, new)} of the columns that a spreadsheet can change."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in COLUMNS}
    return {name: pair for name, pair in pairs.items() if not is_same(*pair)}
