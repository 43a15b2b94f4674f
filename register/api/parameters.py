"""Which query parameters a request may have. A bad one is refused by name, so that none is taken for what it is not."""

from rest_framework.exceptions import ValidationError

SEVERAL = {"status", "classification"}


def check_parameters(request, known):
    """Raise ValidationError for a parameter that is unknown, blank, or given more often than once."""
    _refuse(set(request.GET) - known, "There is no such parameter.")
    _refuse((name for name, values in request.GET.lists() if not all(map(str.strip, values))), "Give it a value.")
    given = {name for name, values in request.GET.lists() if len(values) > 1}
    _refuse(given - SEVERAL, "Give this parameter once.")


def refuse_parameters(request):
    """Raise ValidationError for any parameter of a write: it says all in its body."""
    _refuse(request.GET, f"Leave it out: a {request.method} takes no parameters, and none would have any effect.")


def _refuse(names, sentence):
    if refused := sorted(names):
        raise ValidationError({name: [sentence] for name in refused})
