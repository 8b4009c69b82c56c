"""One address, two answers: the whole page, or the part that htmx swaps in."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


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
