"""The settings of a later release, which has one more migration."""

from project.settings import *  # noqa: F403
from project.settings import INSTALLED_APPS

INSTALLED_APPS.append("tests.later")
