"""Pages of plans, tasks and reports."""

from django.urls import include, path

from tasks.views import (
    details,
    fill,
    home,
    lists,
    mine,
    notices,
    overdue,
    plans,
    review,
    targets,
)

task_patterns = [
    path("tasks/", lists.listing, name="list"),
    path("tasks/<int:pk>/", details.detail, name="detail"),
    path("overdue/", overdue.listing, name="overdue"),
    path("plans/", plans.listing, name="plans"),
    path("plans/<slug:code>/", plans.detail, name="plan"),
    path("targets/", targets.listing, name="targets"),
    path("fill/", mine.listing, name="fill"),
    path("fill/<int:pk>/<str:quarter>/", fill.report, name="report"),
    path("progress/<int:pk>/", fill.view_report, name="view_report"),
    path("progress/<int:pk>/approve/", review.approve, name="approve"),
    path("progress/<int:pk>/return/", review.return_report, name="return"),
    path("review/", review.queue, name="review"),
    path("notices/", notices.listing, name="notices"),
]
urlpatterns = [
    path("", home.workbench, name="home"),
    path("", include((task_patterns, "tasks"))),
]
