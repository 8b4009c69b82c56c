"""All addresses. A page needs a log-in unless its view is marked otherwise."""

from django.urls import include, path

from tracker.theme import set_theme

urlpatterns = [
    path("", include("units.urls")),
    path("", include("tasks.urls")),
    path("", include("reports.urls")),
    path("", include("tracker.health")),
    path("", include("tracker.deliveries")),
    path("", include("tracker.reminder_counts")),
    path("theme/", set_theme, name="set_theme"),
    path("api/", include("tracker.api")),
]

handler400 = "tracker.errors.bad_request"
handler404 = "tracker.errors.not_found"
handler500 = "tracker.errors.server_error"
