"""The Content-Security-Policy of every answer: the settings' for pages, and for data the one that they come with."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware


class PolicyMiddleware(CSPMiddleware):
    """django-csp, which would put a policy together for an answer that has one already, and then leave it."""

    def process_response(self, request, response):
        return response if HEADER in response else super().process_response(request, response)
