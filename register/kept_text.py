"""What was typed in a form whose session ended: the sign-in page carries it, and the same login finds it again.

A form names the login that it was shown to, signed. Where it is sent without a session, the sign-in page holds what was
sent, signed together with that login. After the sign-in it lies in the new session, which ends with the sign-out, and
the form is shown again with it: nothing is saved before it is sent once more. Passwords and files are never kept.
"""

import secrets
from copy import copy
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpResponseRedirect, QueryDict

from register.refusals import Refused

MOST_CHARACTERS = 200_000
MOST_FORMS = 5  # in one session
KEPT_FOR = 12 * 60 * 60  # seconds on the sign-in page
OF_THE_PAGE = ("csrfmiddlewaretoken", "form_login")
BACK = "Your session ended before this was sent, so nothing was saved. What you typed is here again: send it now."


def sign_login(user):
    """Return the signed text by which a form names the login that it is shown to."""
    return signing.dumps(user.pk, salt="register.form_login")


def get_login_shown_to(request):
    """Return the key of the login that a form which was sent had been shown to, or None where it does not say."""
    return _load(request.POST.get("form_login"), salt="register.form_login")


def pack(request, login):
    """Return what was sent by a form, to be carried by the sign-in page for that login; "" where it is too much."""
    typed = {name: values for name, values in request.POST.lists() if not _is_left_out(name)}
    text = urlencode(typed, doseq=True)
    kept = {"login": login, "address": request.get_full_path(), "text": text}
    return signing.dumps(kept, salt="register.kept_text", compress=True) if len(text) <= MOST_CHARACTERS else ""


def _is_left_out(name):
    return name in OF_THE_PAGE or "password" in name.lower()


def unpack(packed):
    """Return {"login", "address", "text"} of what a sign-in page carried, or None."""
    return _load(packed, salt="register.kept_text", max_age=KEPT_FOR)


def _load(signed, **how):
    try:
        return signing.loads(signed, **how) if signed else None
    except signing.BadSignature:
        return None


def lead_back(request, kept):
    """Put what was kept into the session of its login; return a redirect to its form, which shows it again."""
    key, forms = secrets.token_urlsafe(8), request.session.get("kept_text", {})
    newest = list(forms.items())[1 - MOST_FORMS :]
    request.session["kept_text"] = {**dict(newest), key: kept["text"]}
    address = kept["address"]
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}kept={key}")


def bring_back(request):
    """Return the request itself, or where it asks for a form with what was kept, one that shows it and saves nothing.

    That one looks like the form's being sent, and has a `refusal`.
    """
    text = request.session.get("kept_text", {}).get(request.GET.get("kept"))
    if request.method != "GET" or text is None:
        return request
    sent = copy(request)
    sent.method, sent.POST, sent.refusal = "POST", QueryDict(text), Refused(BACK)
    return sent
