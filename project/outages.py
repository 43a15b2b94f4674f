"""What a request does when the database is away, on its way through either entrance."""

from project.postgresql import REQUEST, patience
from register.api.errors import answer_outage
from register.ledger.commits import forget_commits


class OutageMiddleware:
    """Bounds how long a request waits for the database, and answers 503 for what that cannot do just now.

    What a middleware raises, not a view, comes to `register.api.errors.server_error`, which answers the same.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        forget_commits()
        before = patience.set(REQUEST)
        try:
            return self.get_response(request)
        finally:
            patience.reset(before)

    def process_exception(self, request, error):
        return answer_outage(request, error)
