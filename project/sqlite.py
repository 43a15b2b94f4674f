"""The connections to SQLite's file: it is its owner's alone, and no other file's write-ahead log lies beside it."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

WAL_VERSION = 2  # of bytes 18 and 19 of a file in WAL mode (https://www.sqlite.org/fileformat.html, 1.3.3)


class Connection(sqlite3.Connection):
    """Makes a new file readable to its owner alone; raises OperationalError where a log lies beside that is not its."""

    def __init__(self, database, *args, **kwargs):
        if not str(database).startswith(("file:", ":memory:")):
            prepare_file(Path(database))
        super().__init__(database, *args, **kwargs)


def prepare_file(path):
    """Make the file where there is none, for its owner alone. Raises sqlite3.OperationalError for an old log."""
    if has_old_log(path):
        raise sqlite3.OperationalError(f"{path}-wal is of another file than {path}. Delete it: it would be replayed.")
    with suppress(OSError):  # SQLite says better what stands in the way
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def has_old_log(path):
    """Return whether a write-ahead log lies beside a file that never had one, as a backup that was just put back."""
    log = path.with_name(f"{path.name}-wal")
    try:
        with open(path, "rb") as file:
            versions = file.read(20)[18:]
        return log.stat().st_size > 0 and WAL_VERSION not in versions
    except OSError:
        return False


def is_open_to_others(path):
    """Return whether others than its owner may read or write the file."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)
