"""What the templates of forms ask for: the login that a form was shown to, and the summary of what was wrong."""

from django import template

from register.admin.problems import list_problems
from register.clock import today
from register.kept_text import sign_login

register = template.Library()
register.simple_tag(sign_login, name="form_login")


@register.inclusion_tag("admin/error_summary.html")
def error_summary(*forms):
    return {"problems": list_problems(*forms)}


@register.simple_tag
def tally_sentence(tally):
    return tally.describe_fully(today())
