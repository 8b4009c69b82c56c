"""Tells the audit log which door a request came through."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tracker.lib.address import client_address
from units.services import audit
from units.states import Source


class AuditContextMiddleware:
    """Sets the audit context for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        source = Source.API if request.path_info.startswith("/api/") else Source.WEB
        with audit.context(source, ip=client_address(request), request_id=str(uuid.uuid4())):
            return self.get_response(request)
