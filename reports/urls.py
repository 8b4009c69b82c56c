"""Books: ask, watch, take."""

from django.urls import include, path

from reports.views import runs

report_patterns = [
    path("", runs.runs, name="runs"),
    path("<int:pk>/", runs.run, name="run"),
    path("files/<int:pk>/", runs.file, name="file"),
]
urlpatterns = [path("reports/", include((report_patterns, "reports")))]
