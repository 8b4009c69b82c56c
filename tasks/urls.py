"""Pages of plans, tasks and reports."""

from django.urls import include, path

from tasks.views import (
    details,
    fill,
    hand_over,
    home,
    lists,
    mailbox,
    matrix,
    mine,
    notices,
    observation_review,
    observations,
    overdue,
    plans,
    review,
    search,
    targets,
)

task_patterns = [
    path("tasks/", lists.listing, name="list"),
    path("tasks/<int:pk>/", details.detail, name="detail"),
    path("overdue/", overdue.listing, name="overdue"),
    path("matrix/", matrix.page, name="matrix"),
    path("search/", search.results, name="search"),
    path("plans/", plans.listing, name="plans"),
    path("plans/<slug:code>/", plans.detail, name="plan"),
    path("targets/", targets.listing, name="targets"),
    path("targets/<int:pk>/", targets.detail, name="target"),
    path("targets/<int:pk>/observe/", observations.observe, name="observe"),
    path("observations/", observations.listing, name="observations"),
    path("observations/review/", observation_review.queue, name="observation_review"),
    path("observations/<int:pk>/", observations.view, name="observation"),
    path("observations/<int:pk>/edit/", observations.edit, name="observation_edit"),
    path("observations/<int:pk>/approve/", observation_review.approve, name="observation_approve"),
    path("observations/<int:pk>/return/", observation_review.send_back, name="observation_return"),
    path("fill/", mine.listing, name="fill"),
    path("fill/<int:pk>/<str:quarter>/", fill.report, name="report"),
    path("progress/<int:pk>/", fill.view_report, name="view_report"),
    path("progress/<int:pk>/approve/", review.approve, name="approve"),
    path("progress/<int:pk>/return/", review.return_report, name="return"),
    path("review/", review.queue, name="review"),
    path("hand-over/<int:pk>/", hand_over.hand_over, name="hand_over"),
    path("notices/", notices.listing, name="notices"),
    path("mailbox/", mailbox.listing, name="mailbox"),
    path("mailbox/<str:mail_id>/", mailbox.mail, name="mail"),
    path("mailbox/<str:mail_id>/html/", mailbox.mail_html, name="mail_html"),
]
urlpatterns = [
    path("", home.workbench, name="home"),
    path("", include((task_patterns, "tasks"))),
]
