"""三权分立 at the doors: the site's three administrators get no business page and no business data.

The policies give them no row; this keeps them from the pages themselves, whatever a page does.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from units.policy import standing
from units.states import Role

if TYPE_CHECKING:  # rest_framework.views itself imports this module, by settings
    from rest_framework.views import APIView

BUSINESS = ("tasks", "reports")  # the apps whose pages are business
HOME = "home"


class SiteRoleFence:
    """Middleware: who holds a site role is led from the workbench to their desk, else 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse business pages; the API has a permission of its own."""
        app = str(getattr(view, "__module__", "")).partition(".")[0]
        if app not in BUSINESS or request.path_info.startswith("/api/"):
            return None
        if standing(request.user).site_role is None:
            return None
        match = request.resolver_match
        if match is not None and match.view_name == HOME and request.method in ("GET", "HEAD"):
            return redirect("units:desk")
        raise Http404


class NoSiteRole(IsAuthenticated):
    """The API's default: logged in, and no site role unless the view names it in `site_roles`."""

    message = _("系统、安全、审计管理员不查看业务数据，请使用业务账号。")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """As the class says."""
        if not super().has_permission(request, view):
            return False
        role = standing(request.user).site_role
        opened: tuple[Role, ...] = getattr(view, "site_roles", ())
        return role is None or role in opened
