"""Log-in, log-out, password, second factor, language."""

from django.urls import include, path

from units.views import (
    audit,
    calendars,
    columns,
    deputies,
    desks,
    locks,
    log_in,
    people,
    requests,
    second_factor,
    succession,
    units,
)

people_patterns = [
    path("people/", people.listing, name="people"),
    path("people/excel/", people.excel, name="people_excel"),
    path("people/invite/", requests.invite, name="invite"),
    path("people/requests/", requests.listing, name="requests"),
    path("people/requests/confirm/", requests.confirm, name="confirm"),
    path("people/requests/<int:pk>/refuse/", requests.refuse, name="refuse"),
    path("people/requests/<int:pk>/withdraw/", requests.withdraw, name="withdraw"),
    path("people/posts/<int:pk>/end/", people.end_post, name="end_post"),
    path("people/<int:pk>/", people.detail, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="person_edit"),
    path("people/<int:pk>/ask/", people.ask, name="person_ask"),
    path("people/<int:pk>/posts/", people.grant, name="grant"),
    path("people/<int:pk>/<slug:what>/", people.act, name="act"),
    path("units/add/", units.add, name="unit_add"),
    path("units/<int:pk>/names/", units.names, name="unit_names"),
    path("units/<int:pk>/deputies/", deputies.page, name="deputies"),
    path("units/deputies/<int:pk>/end/", deputies.end, name="deputy_end"),
    path("units/<int:pk>/succession/", succession.page, name="succession"),
    path("units/successions/<int:pk>/cancel/", succession.cancel, name="succession_cancel"),
    path("desk/", desks.desk, name="desk"),
    path("calendar/", calendars.page, name="calendar"),
    path("calendar/template/", calendars.template, name="calendar_template"),
    path("columns/", columns.choose, name="columns"),
    path("audit/", audit.listing, name="audit"),
    path("audit/export/", audit.export, name="audit_export"),
    path("audit/verify/", audit.verification, name="audit_verify"),
]
urlpatterns = [
    path("", include((people_patterns, "units"))),
    path("login/", log_in.log_in, name="login"),
    path("logout/", log_in.log_out, name="logout"),
    path("password/", log_in.change_password, name="password_change"),
    path("password/link/<uidb64>/<token>/", log_in.password_by_link, name="password_link"),
    path("second-factor/", second_factor.verify, name="second_factor"),
    path("second-factor/set-up/", second_factor.set_up, name="second_factor_set_up"),
    path("locks/", locks.locked, name="locks"),
    path("locks/unlock/", locks.unlock, name="unlock"),
    path("language/", log_in.set_language, name="set_language"),
]
