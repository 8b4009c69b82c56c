"""Log-in, log-out, password, second factor, language."""

from django.urls import include, path

from units import (
    views,
    views_audit,
    views_desks,
    views_locks,
    views_people,
    views_requests,
    views_second_factor,
    views_units,
)

people_patterns = [
    path("people/", views_people.listing, name="people"),
    path("people/invite/", views_requests.invite, name="invite"),
    path("people/requests/", views_requests.listing, name="requests"),
    path("people/requests/confirm/", views_requests.confirm, name="confirm"),
    path("people/requests/<int:pk>/refuse/", views_requests.refuse, name="refuse"),
    path("people/requests/<int:pk>/withdraw/", views_requests.withdraw, name="withdraw"),
    path("people/posts/<int:pk>/end/", views_people.end_post, name="end_post"),
    path("people/<int:pk>/", views_people.detail, name="person"),
    path("people/<int:pk>/edit/", views_people.edit, name="person_edit"),
    path("people/<int:pk>/ask/", views_people.ask, name="person_ask"),
    path("people/<int:pk>/posts/", views_people.grant, name="grant"),
    path("people/<int:pk>/<slug:what>/", views_people.act, name="act"),
    path("units/add/", views_units.add, name="unit_add"),
    path("units/<int:pk>/names/", views_units.names, name="unit_names"),
    path("desk/", views_desks.desk, name="desk"),
    path("audit/", views_audit.listing, name="audit"),
]
urlpatterns = [
    path("", include((people_patterns, "units"))),
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("password/", views.change_password, name="password_change"),
    path("password/link/<uidb64>/<token>/", views.password_by_link, name="password_link"),
    path("second-factor/", views_second_factor.verify, name="second_factor"),
    path("second-factor/set-up/", views_second_factor.set_up, name="second_factor_set_up"),
    path("locks/", views_locks.locked, name="locks"),
    path("locks/unlock/", views_locks.unlock, name="unlock"),
    path("language/", views.set_language, name="set_language"),
]
