"""What the templates of forms ask for: the login that a form was shown to, and the summary of what was wrong."""

from django import template

from register.admin.problems import list_problems
from register.admin.used_once import make_form_token
from register.clock import today
from register.kept_text import sign_login

register = template.Library()
register.simple_tag(sign_login, name="form_login")


@register.inclusion_tag("admin/error_summary.html")
def error_summary(*forms):
    return {"problems": list_problems(*forms)}


@register.inclusion_tag("admin/error_summary.html")
def error_summary_of(forms, *others):
    return {"problems": list_problems(*forms, *others)}


@register.simple_tag
def tally_sentence(tally):
    return tally.describe_fully(today())


@register.simple_tag
def form_token():
    """Return a new token of a form that is used once."""
    return make_form_token()


@register.filter
def get_field(form, name):
    """Return a form's field of that name, as it is shown."""
    return form[name]
