"""Changes to codes in the admin: their list, their page, what carries an answer, and the import of a register."""

from register.admin.code_changes.change_admin import ChangeAdmin, ChangeLinkAdmin

__all__ = ["ChangeAdmin", "ChangeLinkAdmin"]
