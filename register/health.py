"""Whether the register can serve: asked by load balancers, and by `manage.py check --database default`."""

from django.db import Error
from django.http import HttpRequest, JsonResponse

from register.ledger import triggers
from register.models.columns import find_missing_columns


def find_problems() -> list[str]:
    """Return a sentence for each trigger and column that is missing. Raises django.db.Error."""
    return [
        *(f"Trigger {name} is missing." for name in triggers.find_missing_triggers()),
        *(f"Column {name} is missing." for name in find_missing_columns()),
    ]


def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 only when the database answers and lacks neither trigger nor column, else 503 with what is wrong."""
    try:
        problems = find_problems()
    except Error:
        problems = ["The database does not answer."]
    return JsonResponse({"ok": not problems, "problems": problems}, status=503 if problems else 200)
