"""A person's own Atom address: made, shown once, replaced, revoked."""

from django.contrib import admin, messages
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from register.models import AtomAddress, clearance
from register.services.atom import make_address, revoke_address


def atom_page(request):
    """Say whether there is an address; on POST make a new one, or revoke it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    if request.method == "POST":
        return _change_address(request)
    context = {
        **admin.site.each_context(request),
        "title": "Your Atom feed",
        "address": AtomAddress.objects.filter(user=request.user).first(),
        "may_read": bool(clearance(request.user)),
    }
    return TemplateResponse(request, "register/atom.html", context)


def _change_address(request):
    if "_revoke" in request.POST:
        revoke_address(request.user)
        messages.success(request, "The address works no more.")
    else:
        place = request.build_absolute_uri(reverse("atom", args=[make_address(request.user)]))
        messages.warning(request, f"Note it now, it is not shown again. Whoever has it reads what you may: {place}")
    return HttpResponseRedirect(reverse("register_atom"))
