"""How many requests a login, or an address without one, may make: limits of the settings, counted in each process."""

from django.core.cache import caches
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from register.client_address import get_client_network


class LoginThrottle(UserRateThrottle):
    """Counts the requests of a login, whatever token they come with."""

    cache = caches["login_requests"]

    def get_cache_key(self, request, view):
        return super().get_cache_key(request, view) if request.user and request.user.is_authenticated else None


class AddressThrottle(AnonRateThrottle):
    """Counts the requests without a login of an address, as far as that can be believed."""

    cache = caches["address_requests"]

    def get_ident(self, request):
        return get_client_network(request) or "local"
