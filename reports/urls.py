"""Books: ask, watch, take."""

from django.urls import include, path

from reports import views

report_patterns = [
    path("", views.runs, name="runs"),
    path("<int:pk>/", views.run, name="run"),
    path("files/<int:pk>/", views.file, name="file"),
]
urlpatterns = [path("reports/", include((report_patterns, "reports")))]
