from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", include("register.admin.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("register.api.urls")),
]

handler400 = "register.api.errors.bad_request"
handler403 = "register.api.errors.permission_denied"
handler404 = "register.api.errors.not_found"
handler500 = "register.api.errors.server_error"
