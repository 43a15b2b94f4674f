"""What the admin's templates ask for: the desk, the header, and the login that a form was shown to."""

from django import template

from register.admin.desk import get_desk
from register.admin.navigation import get_navigation

register = template.Library()
register.simple_tag(get_desk, name="desk")
register.simple_tag(get_navigation, name="navigation")
