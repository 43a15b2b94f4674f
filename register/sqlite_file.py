"""The file of an SQLite database: it is its owner's alone, and no other file's write-ahead log lies beside it."""

import os
import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

WAL_VERSION = 2  # in bytes 18 and 19 of a file in WAL mode (https://www.sqlite.org/fileformat.html, 1.3.3)
_examined: set[Path] = set()
_examining = threading.Lock()


class OldLog(sqlite3.OperationalError):
    """A write-ahead log lies beside the file that is not its own, and that SQLite would replay into it."""

    def __init__(self) -> None:
        super().__init__("A write-ahead log of another file lies beside the database's. Delete the file with -wal.")


class Connection(sqlite3.Connection):
    """Makes a file that is not there, for its owner alone. Raises OldLog."""

    def __init__(self, database: str, *args: Any, **kwargs: Any) -> None:
        if not str(database).startswith(("file:", ":memory:")):
            refuse_old_log(Path(database))
            with suppress(OSError):  # SQLite says better what stands in the way
                make_file(Path(database))
        super().__init__(database, *args, **kwargs)


def make_file(path: Path) -> None:
    """Make an empty file that its owner alone may read or write. Raises FileExistsError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def refuse_old_log(path: Path) -> None:
    """Look at a file before this process first connects to it, and never while it may be connected. Raises OldLog.

    Closing a file lets go of every lock that the process holds on it (https://www.sqlite.org/howtocorrupt.html, 2.2):
    another process could then delete the log that is in use here.
    """
    with _examining:
        if path not in _examined:
            if has_old_log(path):
                raise OldLog
            _examined.add(path)


def has_old_log(path: Path) -> bool:
    """Return whether a log lies beside a file that is not in WAL mode: a backup, put back where another file was."""
    log = path.with_name(f"{path.name}-wal")
    try:
        with open(path, "rb") as file:
            versions = file.read(20)[18:]
        return log.stat().st_size > 0 and len(versions) == 2 and WAL_VERSION not in versions
    except OSError:
        return False


def is_open_to_others(path: Path) -> bool:
    """Return whether others than its owner may read or write a file that is there."""
    return os.name == "posix" and path.is_file() and bool(path.stat().st_mode & 0o077)


def copy_database(name: str, path: Path) -> str:
    """Copy a database as it is now into a new file, while others write to it; return what SQLite finds wrong with it.

    The copy is not in WAL mode, so that an old log beside it is noticed where it is put back. Raises FileExistsError,
    OSError and sqlite3.Error.
    """
    make_file(path)
    try:
        # A connection of its own: SQLite waits for ever for one that is in the middle of a write.
        with closing(sqlite3.connect(name, uri=True)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            ((found,),) = target.execute("PRAGMA quick_check(1)")
    except BaseException:
        path.unlink()
        raise
    return "" if found == "ok" else found
