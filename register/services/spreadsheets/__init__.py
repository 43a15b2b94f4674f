"""Questions from a spreadsheet.

A row without a reference is a new question, which arrives `raised`; one with a reference is compared with that
question, and an empty cell leaves what is held. A status is never taken from a spreadsheet: moves have a page of their
own. What the list of questions exports can be edited and read again.
"""

from register.services.spreadsheets.planning import SheetPlan, SheetRow, apply_sheet, plan_sheet

__all__ = ["SheetPlan", "SheetRow", "apply_sheet", "plan_sheet"]
