import sqlite3
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from register.sqlite_file import copy_database


class Command(BaseCommand):
    help = "Copy the SQLite database into a new file for its owner alone, while the register runs."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="which must not exist yet")

    def handle(self, *, file, **options):
        if connection.vendor != "sqlite":
            raise CommandError("This register is on PostgreSQL: use pg_dump.")
        connection.ensure_connection()  # which looks at the file first
        try:
            wrong = copy_database(str(connection.settings_dict["NAME"]), file)
        except FileExistsError:
            raise CommandError(f"{file} is there already, and is left as it is.") from None
        except (OSError, sqlite3.Error) as error:
            raise CommandError(f"No backup was made: {error}.") from error
        if wrong:
            raise CommandError(f"{file} is damaged, as the database may be: {wrong}.")
        self.stdout.write(f"{file} holds the register as it was when the copy began.")
