"""The settings over an SQLite file that is opened for reading alone, as one on a disk that has become read-only."""

from project.settings import *  # noqa: F403
from project.settings import DATABASES

DATABASES["default"]["NAME"] = f"file:{DATABASES['default']['NAME']}?mode=ro"
