"""Stay signed in: what the warning before the end of a sign-in leads to."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from register import session_end


@require_POST
def stay_page(request):
    """Put the end of the sign-in off by a whole time. A script is answered with nothing, a form led to the desk."""
    session_end.begin(request)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("admin:index"))
