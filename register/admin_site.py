"""The site of the admin: signs in, and loses nothing of what was typed when a session had ended."""

from copy import copy
from functools import wraps

from django.contrib import admin, messages
from django.shortcuts import render
from django.urls import reverse

from register import session_end
from register.kept_text import get_login_shown_to, lead_back, pack, unpack

ENDED = "Your session ended, so nothing was saved."
KEPT = "What you typed is kept: sign in by the same name, and it is there again."
NOT_KEPT = "It is too long to be kept: go back a page, and copy it before you sign in."
FILE = "A file is not kept: choose it again."
ANOTHER = "What was typed before the session ended was typed by another login, so it is not shown."


class RegisterSite(admin.AdminSite):
    login_template = "register/sign_in.html"

    def admin_view(self, view, cacheable=False):
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def answer(request, *arguments, **named):
            login = get_login_shown_to(request)
            if login and not request.user.is_authenticated:
                return self.keep_and_sign_in(request, login)
            return guarded(request, *arguments, **named)

        return answer

    def keep_and_sign_in(self, request, login):
        """Return the sign-in page, which says why it is shown and carries what was sent."""
        packed = pack(request, login)
        why = [ENDED, KEPT if packed else NOT_KEPT, *([FILE] if request.FILES else [])]
        asked = copy(request)
        asked.method = "GET"
        context = {"kept": packed, "why": " ".join(why), "app_path": reverse("admin:login")}
        return super().login(asked, {**context, "next": request.get_full_path()})

    def login(self, request, extra_context=None):
        kept = unpack(request.POST.get("kept"))
        more = {"kept": request.POST["kept"], "why": f"{ENDED} {KEPT}"} if kept else {}
        response = super().login(request, {**more, **(extra_context or {})})
        if request.method == "POST" and request.user.is_authenticated:
            session_end.begin(request)
        if not kept or not request.user.is_authenticated:
            return response
        if kept["login"] == request.user.pk:
            return lead_back(request, kept)
        messages.warning(request, ANOTHER)
        return response


def csrf_failure(request, reason=""):
    """Answer a form whose token is of another sign-in: nothing is done, and what was typed is not lost.

    Nobody but the login that a form was shown to can have its signed name, so that no other site can send one.
    """
    login = get_login_shown_to(request)
    if login and not request.user.is_authenticated:
        return admin.site.keep_and_sign_in(request, login)
    if login and login == request.user.pk and (packed := pack(request, login)):
        return lead_back(request, unpack(packed))
    return render(request, "register/other_sign_in.html", status=403)
