"""One address, two answers: the whole page, or the part that htmx swaps in."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part. A page restored from history is asked for whole."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def render_page_or_part(
    request: HttpRequest,
    page: str,
    part: str,
    context: Mapping[str, Any],
    *,
    status: int | None = None,
) -> HttpResponse:
    """Render the template `part` for htmx, else `page`, which includes it."""
    template = part if wants_part(request) else page
    response = render(request, template, dict(context), status=status)
    # The browser must not show a kept part as a page.
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def page_of(request: HttpRequest) -> str:
    """The address of the page from which the request came and to which one may come back.

    A page is itself; what a form or htmx asks of another address comes back to its page, as the
    browser names it, if that is one of this site.
    """
    htmx: Any = getattr(request, "htmx", None)
    if request.method in {"GET", "HEAD"} and not htmx:
        return request.get_full_path()
    named = (htmx and htmx.current_url) or request.headers.get("Referer") or ""
    parts = urlsplit(named)
    own = url_has_allowed_host_and_scheme(
        named, {request.get_host()}, require_https=request.is_secure()
    )
    if not own or not parts.netloc:
        return "/"
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def send_to(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the browser to another page; where htmx asks, the whole page goes, not a part of it."""
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)
