"""The register's addresses, and a constant to compare its conditional poll with: no token check, no database."""

from django.http import HttpResponse
from django.urls import path

from project import urls

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


def constant(request):
    return HttpResponse("constant")


urlpatterns = [path("constant/", constant), *urls.urlpatterns]
