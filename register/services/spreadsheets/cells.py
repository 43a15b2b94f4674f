"""The cells of a spreadsheet of questions: what people write in them, and what it means."""

import re
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
from import_export import widgets

DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d %b %Y", "%d %B %Y")
FORMULA = re.compile(r"^'(?=[=+\-@\t\r])")  # the mark that an export puts before what looks like a formula


class NameCell(widgets.Widget):
    """A row of reference data by its name."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.rows = {row.name.lower(): row for row in model.objects.all()}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        found = self.rows.get(str(value).strip().lower())
        if found is None:
            names = ", ".join(row.name for row in self.rows.values())
            raise ValueError(f"“{value}” is not known: choose from {names}.")
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.name if value else ""


class ChoiceCell(widgets.Widget):
    """A choice by its value or its label."""

    def __init__(self, choices: type[TextChoices]) -> None:
        super().__init__()
        self.values = {value: value for value in choices.values}
        self.values |= {label.lower(): value for value, label in choices.choices}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if (found := self.values.get(str(value).strip().lower())) is None:
            raise ValueError(f"“{value}” is not known: choose from {', '.join(self.values)}.")
        return found


class DayCell(widgets.Widget):
    """A day as a workbook holds it, or as people write it in Britain."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        written = str(value).removesuffix(" overdue").strip()
        for form in DAY_FORMATS:
            try:
                return datetime.strptime(written, form).date()
            except ValueError:
                continue
        raise ValueError(f"“{value}” is no date: write it as 2021-03-16 or 16/03/2021.")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return f"{value.day} {value:%B %Y}" if value else ""


class TextCell(widgets.CharWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return FORMULA.sub("", str(value)).strip()
