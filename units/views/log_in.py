"""Log-in, log-out, one's own password, a password by link, and the language switch."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    LoginView,
    LogoutView,
    PasswordChangeView,
    PasswordResetConfirmView,
    RedirectURLMixin,
)
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as django_set_language

from tracker.lib import demo, workdays
from tracker.lib.address import client_address
from tracker.lib.text import listed
from units.forms.log_in import FirstPasswordForm, LogInForm, PasswordForm
from units.models import User
from units.services import access, links, passwords


class LogIn(LoginView):
    """The only page that nobody needs an account for."""

    form_class = LogInForm
    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["ended"] = "ended" in self.request.GET
        context["idle_minutes"] = settings.SESSION_IDLE_MINUTES
        if settings.DEMO:
            context["accounts"] = demo_accounts()
            context["demo_password"] = demo.PASSWORD
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Beyond a limit no password is looked at."""
        name = self._tried()
        no = access.refusal(name, client_address(request), now=workdays.now()) if name else None
        return self._refuse(no) if no else super().post(request, *args, **kwargs)

    def _refuse(self, no: access.Refusal) -> HttpResponse:
        form = LogInForm(**self.get_form_kwargs())
        form.refusal = no.sentence
        response = self.render_to_response(self.get_context_data(form=form), status=429)
        response.headers["Retry-After"] = str(no.seconds)
        return response

    def _tried(self) -> str:
        """The name with which somebody tries; empty where something is not filled in."""
        data = self.request.POST
        return data.get("username", "") if data.get("password") else ""

    def form_valid(self, form: Any) -> HttpResponse:
        access.log_in(form.get_user(), client_address(self.request))
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        name = self._tried()
        no = access.failed(name, client_address(self.request), now=workdays.now()) if name else None
        if no:
            return self._refuse(no)
        return self.render_to_response(self.get_context_data(form=form), status=422)


def demo_accounts() -> list[tuple[User, str]]:
    """The demo's accounts that exist, each with where its person is what."""
    people = User.objects.filter(username__in=demo.USERNAMES).prefetch_related(
        "memberships__unit", "memberships__office", "memberships__jurisdiction"
    )
    return [
        (user, _standing_in_words(user))
        for user in sorted(people, key=lambda user: demo.USERNAMES.index(user.username))
    ]


def _standing_in_words(user: User) -> str:
    if user.is_superuser:
        return _("超级用户（仅供演示和应急）")
    return listed(f"{m.body or ''} {m.get_role_display()}".strip() for m in user.memberships.all())


class LogOut(LogoutView):
    """By POST alone, so that no link or picture can log anybody out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            access.log_out(request.user)
        response = super().post(request, *args, **kwargs)
        # Pages are kept nowhere (no-store); this also empties what a browser holds all the same.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


class ChangePassword(RedirectURLMixin, PasswordChangeView):
    """One's own; also where a first or ended password must be changed before anything else."""

    form_class = PasswordForm
    template_name = "registration/password_change.html"
    next_page = "home"

    def get_template_names(self) -> list[str]:
        """Without navigation while it leads nowhere."""
        stop = getattr(self.request, "stop", None)
        return ["registration/password_first.html" if stop else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            stop=getattr(self.request, "stop", None), next=self.get_redirect_url(), **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        new = form.cleaned_data["new_password1"]
        passwords.set_password(form.user, new, by=form.user, now=workdays.now())
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, _("密码已修改，其他设备上的登录已退出。"))
        return redirect(self.get_redirect_url() or "home")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class PasswordByLink(PasswordResetConfirmView):
    """A first or new password through a link: used once, its token in no page's address."""

    form_class = FirstPasswordForm
    template_name = "registration/password_link.html"

    def get_user(self, uidb64: str) -> Any:
        """Nobody whose account is closed."""
        user: Any = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(hours=links.hours(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.user
        passwords.set_password(
            user, form.cleaned_data["new_password1"], by=user, now=workdays.now()
        )
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        messages.success(self.request, _("密码已设置，请用新密码登录。"))
        return redirect("login")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the chosen language in a cookie and go back to the page."""
    return django_set_language(request)


# Django's form views would take PUT for POST.
_form = require_http_methods(["GET", "HEAD", "POST"])
log_in = _form(LogIn.as_view())
log_out = method_decorator(never_cache, name="dispatch")(LogOut).as_view()
change_password = _form(ChangePassword.as_view())
password_by_link = _form(PasswordByLink.as_view())
