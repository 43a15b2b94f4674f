"""The parts of the design system on one page, in development alone: each as the pages have it, in its own classes."""

import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.messages.storage.base import Message
from django.contrib.staticfiles import finders
from django.http import Http404
from django.template.response import TemplateResponse

from register.vocabulary import Priority, Status

COLOUR = re.compile(r"^ {2}(--[\w-]+): (?:light-dark|#)", re.MULTILINE)
TYPE = re.compile(r"^ {2}(--text[\w-]*): ", re.MULTILINE)


class PartsForm(forms.Form):
    title = forms.CharField(help_text="What the field wants, in a sentence.")
    topic = forms.ChoiceField(choices=[("", "---------"), ("1", "MDR role")], required=False, label="Topic (optional)")
    priority = forms.ChoiceField(choices=Priority, widget=forms.RadioSelect)
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), required=False, label="Due (optional)")
    to_me = forms.BooleanField(required=False, label="Assign to me")


def style_page(request):
    """Show each token and each part. Raises `Http404` in production."""
    if not settings.DEBUG:
        raise Http404("The design system is shown in development alone.")
    sheet = Path(finders.find("register/tokens.css")).read_text(encoding="utf-8")
    context = {
        **admin.site.each_context(request),
        "title": "Design system",
        "colours": COLOUR.findall(sheet),
        "sizes": TYPE.findall(sheet),
        "statuses": Status.choices,
        "form": PartsForm(auto_id="plain_%s"),
        "refused": PartsForm({"text": "Kept, as it was typed."}, auto_id="refused_%s"),
        "messages": [
            Message(messages.SUCCESS, "DSQ-018 is now open."),
            Message(messages.WARNING, "Something to know before the next step."),
            Message(messages.ERROR, "Nothing was saved: it was changed since you opened it."),
        ],
    }
    return TemplateResponse(request, "admin/style.html", context)
