"""A register as it looks in a busy month, made through the services with the clock moved, to try the pages on."""

from register.management.example.story import get_beginning, tell_story

__all__ = ["get_beginning", "tell_story"]
