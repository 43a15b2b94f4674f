"""The floor: what a reader of public questions is told, by one SQL statement and no framework. No token is asked for.

Served as `gunicorn tests.benchmarks.floor`; DATABASE_URL names the register, as everywhere.
"""

import json
import os
import sqlite3
import threading
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg_pool

PAGE = 25
# Kept documents are read alone: the register's own questions are not even looked at.
KEPT = "SELECT object_id, body, position FROM register_document WHERE kind = 'question' AND to_public"
LIST = f"{KEPT} AND body IS NOT NULL AND object_id > {{}} ORDER BY object_id LIMIT {PAGE + 1}"
DETAIL = f"{KEPT} AND body IS NOT NULL AND object_id = (SELECT id FROM register_question WHERE reference = {{}})"


class SQLite:
    """One connection to a thread."""

    def __init__(self, url):
        self.path, self.held = unquote(urlsplit(url).path)[1:], threading.local()

    def rows(self, statement, value):
        if not hasattr(self.held, "connection"):
            self.held.connection = sqlite3.connect(self.path)
        return self.held.connection.execute(statement.format("?"), (value,)).fetchall()


class PostgreSQL:
    """psycopg's pool, of the size that the register's own has."""

    def __init__(self, url):
        most = int(os.environ.get("DATABASE_POOL", "4"))
        self.pool = psycopg_pool.ConnectionPool(url, min_size=1, max_size=most, kwargs={"autocommit": True}, open=True)

    def rows(self, statement, value):
        with self.pool.connection() as connection:
            return connection.execute(statement.format("%s"), (value,)).fetchall()


def _database(url):
    return (SQLite if url.startswith("sqlite") else PostgreSQL)(url)


database = _database(os.environ["DATABASE_URL"])


def application(environ, start_response):
    """Answer /questions/?after=ID and /questions/REFERENCE/, as JSON."""
    base = f"{environ.get('HTTP_X_FORWARDED_PROTO', 'http')}://{environ['HTTP_HOST']}"
    _, _, *rest = environ["PATH_INFO"].split("/")
    text = _detail(rest[0]) if rest[0] else _page(environ["QUERY_STRING"], base)
    body = text.replace('url":"/', f'url":"{base}/').encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def _page(query, base):
    rows = database.rows(LIST, int(parse_qs(query).get("after", "0")[0]))
    shown = rows[:PAGE]
    following = f"{base}/questions/?after={shown[-1][0]}" if len(rows) > PAGE else None
    results = ",".join(_document(*row) for row in shown)
    return f'{{"next":{json.dumps(following)},"previous":null,"results":[{results}]}}'


def _detail(reference):
    return _document(*database.rows(DETAIL, reference)[0])


def _document(_, body, position):
    return f'{body[:-1]},"version":{position}}}'
