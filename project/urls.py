from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from register.health import healthz

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("register.api.urls")),
    path("healthz", healthz),
]
