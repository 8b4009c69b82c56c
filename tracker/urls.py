"""All addresses. A page needs a log-in unless it is marked otherwise."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
