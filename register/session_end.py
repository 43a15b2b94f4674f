"""When a sign-in ends, so that nobody is surprised by it: it is said ten minutes before, and can be put off.

WCAG 2.2, 2.2.1 (Timing Adjustable).
"""

import time

from django.conf import settings

ENDS_AT = "ends_at"  # in the session: seconds since 1970
WARNED_BEFORE = 10 * 60  # seconds


def begin(request):
    """Note in the session of a request that it ends a whole time from now."""
    request.session[ENDS_AT] = int(time.time()) + settings.SESSION_COOKIE_AGE


def describe_end(request):
    """Return {"left", "before", "whole"}: how many seconds a sign-in has left, when to warn, and what it lasts.

    None where nobody noted when it ends.
    """
    ends_at = request.session.get(ENDS_AT)
    if ends_at is None:
        return None
    left = max(0, ends_at - int(time.time()))
    return {"left": left, "before": WARNED_BEFORE, "whole": settings.SESSION_COOKIE_AGE}
