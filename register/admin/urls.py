"""The pages of the admin that belong to no one model."""

from django.contrib import admin
from django.urls import path

from register.admin.atom import atom_page
from register.admin.desk import changes_page, last_visit_page
from register.admin.finding import find_page
from register.admin.past import decisions_page, past_list_page, past_question_page
from register.admin.reviewing import own_reviews_page
from register.admin.staying import stay_page
from register.admin.style import style_page
from register.admin.triage import keys_page, triage_page, undo_page

urlpatterns = [
    path("atom/", admin.site.admin_view(atom_page), name="register_atom"),
    path("as-at/", admin.site.admin_view(past_list_page), name="register_past"),
    path("as-at/<int:object_id>/", admin.site.admin_view(past_question_page), name="register_past_question"),
    path("decisions/", admin.site.admin_view(decisions_page), name="register_decisions"),
    path("changes/", admin.site.admin_view(changes_page), name="register_changes"),
    path("changes/seen/", admin.site.admin_view(last_visit_page), name="register_last_visit"),
    path("find/", admin.site.admin_view(find_page), name="register_find"),
    path("reviews/", admin.site.admin_view(own_reviews_page), name="register_own_reviews"),
    path("stay/", admin.site.admin_view(stay_page), name="register_stay"),
    path("style/", admin.site.admin_view(style_page), name="register_style"),
    path("triage/", admin.site.admin_view(triage_page), name="register_triage"),
    path("triage/keys/", admin.site.admin_view(keys_page), name="register_keys"),
    path("triage/<int:question_id>/", admin.site.admin_view(triage_page), name="register_triage_question"),
    path("triage/<int:question_id>/undo/", admin.site.admin_view(undo_page), name="register_undo"),
]
