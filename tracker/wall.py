"""Keeps a wall's session to the board: nobody walks up to the screen and works with it."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.lib import wall
from tracker.lib.htmx import send_to

OPEN: Final = ("tasks:board", "logout")
# What a person has to do before anything else cannot be done at a wall: such a session ends.
DEMANDS: Final = ("password_change", "second_factor", "second_factor_set_up")


class WallMiddleware:
    """Every other address leads back to the board; the API answers 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not wall.is_on(request.session) or path in map(reverse, OPEN):
            return self.get_response(request)
        if path in map(reverse, DEMANDS):
            request.session.flush()
            return send_to(request, reverse("login"))
        if path.startswith("/api/"):
            return JsonResponse({"detail": _("本次登录只用于大屏显示，不能调用接口。")}, status=403)
        return send_to(request, reverse("tasks:board"))
