from django import template

from register.kept_text import sign_login

register = template.Library()
register.simple_tag(sign_login, name="form_login")
