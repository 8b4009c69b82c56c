"""What an error that no view has answered looks like: a page, or JSON under /api/."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from tracker.lib.api.errors import BAD
from tracker.lib.htmx import page_of


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, which reads no pages; the documentation is one, read by people."""
    path = request.path_info
    return path.startswith("/api/") and not path.startswith("/api/docs/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return JsonResponse({"detail": str(BAD)}, status=400)
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        sentence = _("没有这个接口：请核对地址，接口说明见 /api/docs/。")
        return JsonResponse({"detail": sentence}, status=404)
    return defaults.page_not_found(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """As after a log-in in another tab: the browser has kept what was typed; back to its form."""
    return render(request, "403_csrf.html", {"back": page_of(request)}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        sentence = _("系统没有完成这次调用，也没有作任何更改。错误已记录，请稍后重试。")
        return JsonResponse({"detail": sentence}, status=500)
    return defaults.server_error(request)
