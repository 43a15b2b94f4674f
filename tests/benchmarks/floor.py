"""The floor: what a reader of public questions is told, by one SQL statement and no framework. No token is asked for.

The statement puts documents together from the register's tables (/questions/), or reads those that are kept (/kept/).
Served as `gunicorn tests.benchmarks.floor`; DATABASE_URL names the register, as everywhere.
"""

import json
import os
import sqlite3
import threading
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg_pool

from tests.benchmarks.composed import POSTGRESQL, SQLITE, composed

PAGE = 25
PAGED, NAMED = f"{{key}} > %s ORDER BY {{key}} LIMIT {PAGE + 1}", "{key} = %s"
# Kept documents are read alone: the register's own questions are not even looked at.
KEPT = """
    SELECT object_id, body, position FROM register_document
    WHERE kind = 'question' AND clearance = 'public' AND body IS NOT NULL AND
"""
OF_REFERENCE = "object_id = (SELECT id FROM register_question WHERE reference = %s)"


def _statements(dialect):
    """Return {(where it is asked, whether for a page): statement}."""
    return {
        ("questions", True): composed(dialect, PAGED.format(key="q.id")),
        ("questions", False): composed(dialect, NAMED.format(key="q.reference")),
        ("kept", True): KEPT + PAGED.format(key="object_id"),
        ("kept", False): KEPT + OF_REFERENCE,
    }


class SQLite:
    """One connection to a thread."""

    statements = {asked: text.replace("%s", "?") for asked, text in _statements(SQLITE).items()}

    def __init__(self, url):
        self.path, self.held = unquote(urlsplit(url).path)[1:], threading.local()

    def rows(self, statement, value):
        if not hasattr(self.held, "connection"):
            self.held.connection = sqlite3.connect(self.path)
        return self.held.connection.execute(statement, (value,)).fetchall()


class PostgreSQL:
    """psycopg's pool, of the size that the register's own has; it prepares what is asked again, as psycopg does."""

    statements = _statements(POSTGRESQL)

    def __init__(self, url):
        most = int(os.environ.get("DATABASE_POOL", "4"))
        self.pool = psycopg_pool.ConnectionPool(url, min_size=1, max_size=most, kwargs={"autocommit": True}, open=True)

    def rows(self, statement, value):
        with self.pool.connection() as connection:
            return connection.execute(statement, (value,)).fetchall()


def _database(url):
    return (SQLite if url.startswith("sqlite") else PostgreSQL)(url)


database = _database(os.environ["DATABASE_URL"])


def application(environ, start_response):
    """Answer /questions/?after=ID and /questions/REFERENCE/, and /kept/ so, as JSON."""
    base = f"{environ.get('HTTP_X_FORWARDED_PROTO', 'http')}://{environ['HTTP_HOST']}"
    _, where, reference, *_ = environ["PATH_INFO"].split("/")
    text = _detail(where, reference) if reference else _page(where, environ["QUERY_STRING"], base)
    body = text.replace('"/api/', f'"{base}/api/').encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def _page(where, query, base):
    rows = database.rows(database.statements[where, True], int(parse_qs(query).get("after", "0")[0]))
    shown = rows[:PAGE]
    following = f"{base}/{where}/?after={shown[-1][0]}" if len(rows) > PAGE else None
    results = ",".join(_document(*row) for row in shown)
    return f'{{"next":{json.dumps(following)},"previous":null,"results":[{results}]}}'


def _detail(where, reference):
    return _document(*database.rows(database.statements[where, False], reference)[0])


def _document(_, body, position=None):
    """Return a document as text: one that is kept has its version beside it."""
    return body if position is None else f'{body[:-1]},"version":{position}}}'
