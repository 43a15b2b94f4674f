from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from tests.benchmarks.usual.views import QuestionViewSet

router = DefaultRouter()
router.register("questions", QuestionViewSet)

urlpatterns = [path("admin/", admin.site.urls), path("", include(router.urls))]
