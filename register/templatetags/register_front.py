from django import template

from register.admin.front import get_front_page as shown_on_front

register = template.Library()


@register.simple_tag
def front_page(user):
    """Return what the front page shows to this user."""
    return shown_on_front(user)
