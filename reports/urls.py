"""Books: ask, watch, take. Forms: take, send in, preview, apply."""

from django.urls import include, path

from reports.views import forms, runs, schedules, uploads

report_patterns = [
    path("", runs.runs, name="runs"),
    path("<int:pk>/", runs.run, name="run"),
    path("<int:pk>/cancel/", runs.cancel, name="run_cancel"),
    path("<int:pk>/again/", runs.again, name="run_again"),
    path("schedules/", schedules.schedules, name="schedules"),
    path("schedules/new/", schedules.new, name="schedule_new"),
    path("schedules/<int:pk>/", schedules.schedule, name="schedule"),
    path("schedules/<int:pk>/edit/", schedules.edit, name="schedule_edit"),
    path("schedules/<int:pk>/switch/", schedules.switch, name="schedule_switch"),
    path("schedules/<int:pk>/resend/", schedules.resend, name="schedule_resend"),
    path("files/<int:pk>/", runs.file, name="file"),
    path("forms/", forms.forms, name="forms"),
    path("forms/batches/<uuid:batch>/", forms.apply_batch, name="forms_apply"),
    path("forms/<str:quarter>/", forms.all_forms, name="all_forms"),
    path("forms/<str:quarter>/<int:pk>/", forms.form, name="form"),
    path("uploads/<int:pk>/", uploads.upload, name="upload"),
    path("uploads/<int:pk>/apply/", uploads.apply, name="upload_apply"),
    path("uploads/<int:pk>/drop/", uploads.drop, name="upload_drop"),
    path("uploads/<int:pk>/file/", uploads.file, name="upload_file"),
    path("uploads/<int:pk>/marked/", uploads.marked, name="upload_marked"),
]
urlpatterns = [path("reports/", include((report_patterns, "reports")))]
