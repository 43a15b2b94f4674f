"""Settings are safe by default: each case is a process of its own, with its own environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "a-long-random-string-of-more-than-fifty-characters-0123456789",
    "ALLOWED_HOSTS": "register.example.org",
}


def manage(*command, **env):
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env={**clean, **env}, capture_output=True, text=True
    )


def test_without_an_environment_it_does_not_start():
    answer = manage("check")
    assert answer.returncode != 0
    assert "Set SECRET_KEY" in answer.stderr


@pytest.mark.slow
def test_production_settings_pass_every_deployment_check():
    answer = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_debug_alone_is_enough_for_development():
    assert manage("check", DEBUG="1").returncode == 0


@pytest.mark.parametrize("hosts", ["", "register.example.org"])
def test_production_is_not_debug(hosts):
    script = "from django.conf import settings; print(settings.DEBUG, settings.ALLOWED_HOSTS)"
    answer = manage("shell", "-v0", "-c", script, **{**PRODUCTION, "ALLOWED_HOSTS": hosts})
    assert answer.stdout.strip() == f"False {[hosts] if hosts else []}"


def test_what_the_databases_address_gives_is_kept():
    address = "postgres://register@db.example.org/register?sslmode=verify-full&options=-c%20search_path%3Dregister"
    script = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    answer = manage("shell", "-v0", "--no-imports", "-c", script, **PRODUCTION, DATABASE_URL=address)
    assert "'sslmode': 'verify-full'" in answer.stdout
    assert " -c search_path=register'" in answer.stdout


def test_migrations_are_complete():
    assert manage("makemigrations", "--check", "--dry-run", DEBUG="1").returncode == 0


@pytest.mark.slow
def test_the_schema_has_no_warning(tmp_path):
    answer = manage("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"), DEBUG="1")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_runtime_list_is_exact_hashed_and_names_no_index():
    lines = (ROOT / "requirements.txt").read_text()
    assert "://" not in lines
    assert lines.count("==") <= lines.count("--hash=sha256:")


@pytest.mark.parametrize("rate", ["banana", "5/fortnight", "0/minute", "many/second"])
def test_a_rate_that_is_none_does_not_start(rate):
    answer = manage("check", API_RATE=rate, **PRODUCTION)
    assert "Set API_RATE as 1200/minute" in answer.stderr


def test_a_form_of_the_log_that_is_none_does_not_start():
    assert "Set LOG_FORMAT to text or json" in manage("check", LOG_FORMAT="yaml", **PRODUCTION).stderr


def test_a_line_of_the_log_is_an_object_where_it_is_asked_for():
    script = "import logging; logging.getLogger('x').error('a\\nb', extra={'who': 'triage', 'request': object()})"
    answer = manage("shell", "-v0", "--no-imports", "-c", script, LOG_FORMAT="json", **PRODUCTION)
    (line,) = map(json.loads, answer.stderr.splitlines())
    assert line.pop("at")
    assert line == {"level": "ERROR", "logger": "x", "request_id": "-", "message": "a\nb", "who": "triage"}
