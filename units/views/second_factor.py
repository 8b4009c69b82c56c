"""The second factor of administrators: giving the code, setting up the authenticator."""

import functools
from collections.abc import Callable
from typing import Any

import django_otp
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tracker.lib import workdays
from tracker.lib.address import client_address
from units import gate
from units.forms.log_in import CodeForm
from units.models import User
from units.services import access, second_factor
from units.web import person

SECRET = "second_factor_secret"  # noqa: S105 - its name in the session


def _next(request: HttpRequest) -> str:
    named = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    own = url_has_allowed_host_and_scheme(named, hosts, require_https=request.is_secure())
    return named if own else "/"


def _for_those_who_need_it(
    view: Callable[[HttpRequest, User], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Not there for anybody else, nor for who has given the code in this session."""

    @sensitive_post_parameters("code")
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @functools.wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        user = person(request)
        if not second_factor.is_required(user):
            raise Http404
        if gate.is_verified(request.user):
            return redirect(_next(request))
        return view(request, user)

    return checked


def _enter(request: HttpRequest, device: Any) -> None:
    django_otp.login(request, device)
    request.session.pop(SECRET, None)
    request.session.cycle_key()


@_for_those_who_need_it
def verify(request: HttpRequest, user: User) -> HttpResponse:
    """Ask for the code; too many wrong ones have to wait ever longer."""
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            device = second_factor.verify(user, form.cleaned_data["code"])
            if device is not None:
                _enter(request, device)
                return redirect(_next(request))
            access.refuse(
                user.username, client_address(request), now=workdays.now(), second_factor=True
            )
            form.add_error("code", _("验证码不正确、已用过或输入过快：请等下一个验证码再试。"))
    context = {"form": form, "next": _next(request)}
    return render(request, "registration/second_factor.html", context, status=status)


@_for_those_who_need_it
def set_up(request: HttpRequest, user: User) -> HttpResponse:
    """Take an authenticator on; the recovery codes are shown this once."""
    if second_factor.is_set_up(user):
        return redirect("second_factor")
    secret: str = request.session.setdefault(SECRET, second_factor.make_secret())
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = second_factor.set_up(user, secret, form.cleaned_data["code"])
            if made is not None:
                device, codes = made
                _enter(request, device)
                shown = {"codes": codes, "next": _next(request)}
                return render(request, "registration/recovery_codes.html", shown)
            form.add_error("code", _("验证码不正确：请核对密钥和手机时间，等下一个验证码再试。"))
    context: dict[str, Any] = {
        "form": form,
        "next": _next(request),
        "secret": second_factor.as_typed(secret),
        "qr_code": second_factor.qr_code(user, secret),
    }
    return render(request, "registration/second_factor_set_up.html", context, status=status)
