"""The cells of a spreadsheet of questions: what people write in them, and what it means."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from import_export import widgets

from register.characters import fold_name, unify_line_ends
from register.clock import get_day_refusal

DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d %b %Y", "%d %B %Y")
# What a spreadsheet would take for a formula or an error, and such a text behind apostrophes of its own.
_LOOKS_LIVE = re.compile(r"'*(?:[=+\-@\t\r]|#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA)$)")


def escape_formula(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: with an apostrophe before it where one might."""
    return f"'{text}" if _LOOKS_LIVE.match(text) else text


def remove_formula_escape(text: str) -> str:
    """Return the text of which `escape_formula` made this."""
    return text[1:] if text.startswith("'") and _LOOKS_LIVE.match(text) else text


def read_text(value: Any) -> str:
    """Return a cell's value as the text that was exported to it, its lines ending in `\\n` alone."""
    if isinstance(value, datetime) and value.time() == time.min:
        value = value.date()
    return remove_formula_escape(unify_line_ends(str(value)).strip())


class NameCell(widgets.Widget):
    """A row of reference data by its name."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        rows = model.objects.select_related("merged_into")
        self.rows = {row.name: row.merged_into or row for row in rows}
        self.keys = {row.name_key: row.merged_into or row for row in rows}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        name = read_text(value)
        found = self.rows.get(name) or self.keys.get(fold_name(name))
        if found is None:
            names = ", ".join(sorted({row.name for row in self.rows.values()}))
            raise ValueError(f"“{value}” is not known: choose from {names}.")
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.name if value else ""


class ChoiceCell(widgets.Widget):
    """A choice by its value or its label."""

    def __init__(self, choices: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        pairs = list(choices)
        self.values = {value: value for value, _ in pairs} | {label.lower(): value for value, label in pairs}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if (found := self.values.get(read_text(value).lower())) is None:
            raise ValueError(f"“{value}” is not known: choose from {', '.join(self.values)}.")
        return found


class DayCell(widgets.Widget):
    """A day as a workbook holds it, or as people write it in Britain."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        day = self._read(value)
        if refused := get_day_refusal(day):
            raise ValueError(refused)
        return day

    def _read(self, value: Any) -> date:
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
        return read_text(value)
