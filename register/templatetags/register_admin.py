"""What the admin's templates ask for: the desk, the header, and when the sign-in ends."""

from django import template

from register import session_end
from register.admin.desk import get_desk
from register.admin.navigation import get_navigation

register = template.Library()
register.simple_tag(get_desk, name="desk")
register.simple_tag(get_navigation, name="navigation")
register.simple_tag(session_end.describe_end, name="session_end")
