"""Make the tables that the usual way writes to, copy the register's questions into them, and let two logins in.

    python -m tests.benchmarks.usual.tables      # prints the tokens, as JSON

The register's own rows and its ledger are never touched.
"""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.usual.settings")
django.setup()

from django.apps import apps  # noqa: E402 models need the set-up before them
from django.contrib.auth.management import create_permissions  # noqa: E402
from django.contrib.auth.models import Group as RoleGroup  # noqa: E402
from django.contrib.auth.models import Permission  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, models  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from tests.benchmarks.usual.models import Question, User  # noqa: E402

History = Question.history.model
SOURCES = {Question: "register_question", History: "register_historicalquestion"}
READERS = ("bench.feed", "bench.triage")


def made():
    """Make and fill the tables unless they hold as many questions as the register; return {login: token}."""
    if not _is_copied():
        _drop()
        with connection.schema_editor() as editor:
            for model in (*SOURCES, Token):
                editor.create_model(model)
        for model, source in SOURCES.items():
            _copy(model, source)
        _finish()
    return {name: Token.objects.get_or_create(user=User.objects.get(username=name))[0].key for name in READERS}


def _is_copied():
    tables = connection.introspection.table_names()
    return Token._meta.db_table in tables and _count(Question._meta.db_table) == _count("register_question")


def _drop():
    with connection.schema_editor() as editor:
        for model in (Token, History, Question):
            editor.execute(f"DROP TABLE IF EXISTS {model._meta.db_table}")


def _copy(model, source):
    columns = [field.column for field in model._meta.concrete_fields]
    values = [_value(field) for field in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        into, taken = ", ".join(columns), ", ".join(values)
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({into}) SELECT {taken} FROM {source}")


def _value(field):
    """Return the SQL of a column: the register keeps reasons of any length, a stock history a hundred characters."""
    is_short = isinstance(field, models.CharField) and field.column == "history_change_reason"
    return f"substr({field.column}, 1, {field.max_length})" if is_short else field.column


def _finish():
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(SOURCES)):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    create_permissions(apps.get_app_config("usual"), verbosity=0)
    RoleGroup.objects.get(name="Triage").permissions.add(*Permission.objects.filter(content_type__app_label="usual"))


def _count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


if __name__ == "__main__":
    print(json.dumps(made()))
