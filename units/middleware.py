"""Tells the audit log which door a request came through, and what was refused there.

Holds who has something to do first.
"""

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from tracker.lib import workdays
from tracker.lib.address import client_address
from tracker.lib.htmx import page_of, send_to
from units import gate
from units.models import User
from units.services import access, audit
from units.states import Source

OPEN: Final = frozenset(
    {"login", "logout", "set_language", "set_theme", "healthz", "password_link"}
)
# Where there is nothing to be refused.
NOWHERE: Final = "api:nowhere"
REFUSED: Final = frozenset({403, 404})
# Each page belongs to its stop; the first two take in each other's.
PAGES: Final = frozenset({"password_change", "second_factor", "second_factor_set_up"})


class AuditContextMiddleware:
    """Sets the audit context for the request, and puts on record what was refused.

    A row that may not be seen and one that is not there get the same answer, so both are kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        source = Source.API if request.path_info.startswith("/api/") else Source.WEB
        with audit.context(source, ip=client_address(request), request_id=str(uuid.uuid4())):
            response = self.get_response(request)
            if response.status_code in REFUSED:
                _keep_refusal(request, response.status_code)
            return response


def _keep_refusal(request: HttpRequest, status: int) -> None:
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or match.view_name == NOWHERE or not isinstance(user, User):
        return
    denial = access.Denial(match.view_name, str(request.method), request.path_info, status)
    access.deny(user, client_address(request), denial, now=workdays.now())


class GateMiddleware:
    """Every page leads to what the person has to do first; the API has `gate.Admitted`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer in the page's stead where something is to be done first."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN or _is_api_view(view) or not isinstance(request.user, User):
            return None
        found = gate.stop(
            request.user, verified=gate.is_verified(request.user), today=workdays.today()
        )
        request.stop = found  # type: ignore[attr-defined]  # for the page itself
        if found is None or name == found.page:
            return None
        back = urlencode({"next": page_of(request)}) if name not in PAGES else ""
        address = reverse(found.page)
        return send_to(request, f"{address}?{back}" if back else address)


def _is_api_view(view: Any) -> bool:
    """DRF's views ask their permissions; they know of tokens, which come later than this."""
    return hasattr(view, "cls") or hasattr(view, "initkwargs")
