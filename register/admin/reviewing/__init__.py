"""Reviewing, one answer after the other: a member's positions, an approver's agreement, and what one said."""

from register.admin.reviewing.agreeing import agree_page
from register.admin.reviewing.positions import own_reviews_page, review_page

__all__ = ["agree_page", "own_reviews_page", "review_page"]
