"""Log-in, log-out, password, language."""

from django.urls import path

from units import views

urlpatterns = [
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("password/", views.change_password, name="password_change"),
    path("language/", views.set_language, name="set_language"),
]
