from django.db import Error
from django.http import JsonResponse

from register.ledger import triggers


def healthz(request):
    """Answer 200 only when the database answers and no trigger is missing, else 503 with what is wrong."""
    try:
        missing = triggers.missing()
    except Error:
        return JsonResponse({"ok": False, "problems": ["The database does not answer."]}, status=503)
    problems = [f"Trigger {name} is missing." for name in missing]
    return JsonResponse({"ok": not problems, "problems": problems}, status=503 if problems else 200)
