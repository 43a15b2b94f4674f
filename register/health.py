"""Whether the register can serve: asked by load balancers, and by `manage.py check --database default`."""

from collections.abc import Callable, Iterator

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from register.documents import release
from register.ledger import triggers
from register.models import LedgerHead, Tally, search
from register.models.columns import find_missing_columns
from register.outages import GONE, READ_ONLY, describe_outage, get_remembered_outages

PATH = "/healthz"


def find_problems() -> Iterator[str]:
    """Yield a sentence for each thing that stands in the way of serving. Raises django.db.Error."""
    if LedgerHead._meta.db_table not in connection.introspection.table_names():
        yield "The tables are not there: run manage.py migrate."
        return
    yield from (f"Trigger {name} is missing." for name in triggers.find_missing_triggers())
    yield from (f"Column {name} is missing." for name in find_missing_columns())
    yield from find_release_problems()
    yield from find_write_problems()


def find_release_problems() -> Iterator[str]:
    """Yield a sentence for each part of a release that was left undone. Raises django.db.Error."""
    if not search.are_search_indexes_installed():
        yield "The search index is not complete."
    if release.is_broken_off():
        yield "The last migrate or rebuild_documents was broken off."


def find_write_problems() -> Iterator[str]:
    """Yield a sentence where the database takes no writes, and for what failed a moment ago. Raises django.db.Error."""
    if _IS_READ_ONLY[connection.vendor]():
        yield READ_ONLY
    yield from get_remembered_outages()


def _is_read_only_on_postgresql() -> bool:
    with connection.cursor() as cursor:  # a standby says so too
        cursor.execute("SELECT current_setting('transaction_read_only')")
        return cursor.fetchone() == ("on",)


def _is_read_only_on_sqlite() -> bool:
    """Ask, as a writer does, to change what is nothing, without waiting for another writer to be done."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute(f"DELETE FROM {Tally._meta.db_table} WHERE FALSE")  # noqa: S608 a table's name
        except Error as error:
            return describe_outage(error) == READ_ONLY
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {connection.settings_dict['OPTIONS']['timeout'] * 1000}")
    return False


_IS_READ_ONLY = {"postgresql": _is_read_only_on_postgresql, "sqlite": _is_read_only_on_sqlite}


def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 only when the database answers, takes writes and lacks nothing, else 503 with what is wrong."""
    try:
        problems = list(find_problems())
    except Error as error:
        problems = [describe_outage(error) or GONE]
    return JsonResponse({"ok": not problems, "problems": problems}, status=503 if problems else 200)


def answer_health(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Make the middleware that answers `/healthz` before anything looks at the Host: a balancer may send its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path_info == PATH else get_response(request)

    return middleware
