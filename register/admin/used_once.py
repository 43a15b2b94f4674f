"""A form that makes something is used once: sent again, it leads to what it made the first time."""

import secrets
from functools import wraps

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from register.services.form_uses import get_use, is_form_token, use_form


def make_form_token():
    return secrets.token_urlsafe(16)


def get_form_token(request):
    """Return the token of the form that was sent, or a new one for a form that is shown."""
    sent = request.POST.get("form_token", "")
    return sent if is_form_token(sent) else make_form_token()


def used_once(view):
    """Decorate the view of a page with a form: sent again, it leads on before anything else is asked of it."""

    @wraps(view)
    def lead_or_answer(model_admin, request, *arguments, **named):
        use = get_use(get_form_token(request), by=request.user) if request.method == "POST" else None
        return _lead(request, use) if use else view(model_admin, request, *arguments, **named)

    return lead_or_answer


def _lead(request, use):
    messages.warning(request, "You sent this form before: this is what it made. Nothing was made again.")
    return HttpResponseRedirect(use.address)


def answer_once(request, answer):
    """Return the response of `answer(use)`, or a redirect to what the same form made before.

    `answer` sets `use.address` where it made something: where the form leads if it is sent again.
    """
    with use_form(get_form_token(request), by=request.user) as use:
        return answer(use) if use.pk is None else _lead(request, use)


class UsedOnceMixin:
    """A ModelAdmin whose form to add a row is used once."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        more = {"form_token": get_form_token(request), **(extra_context or {})}
        if request.method != "POST" or object_id is not None:
            return super().changeform_view(request, object_id, form_url, more)

        def answer(use):
            response = super(UsedOnceMixin, self).changeform_view(request, None, form_url, more)
            if row := getattr(request, "added_row", None):
                use.address = self.get_address(row)
            return response

        return answer_once(request, answer)

    def get_address(self, row):
        """Return the address of the page that a row which was added is shown on."""
        return reverse(f"admin:register_{self.opts.model_name}_change", args=[row.pk])

    def log_addition(self, request, obj, message):
        """Note what was added. History and ledger are the only log: Django's own would be a second one."""
        request.added_row = obj
