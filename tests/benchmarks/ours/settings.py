"""The register's own settings, with one more address."""

from project.settings import *  # noqa: F403 everything else is to be as it is in production

ROOT_URLCONF = "tests.benchmarks.ours.urls"
