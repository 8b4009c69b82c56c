"""What an error that no view has answered looks like: a page, or JSON under /api/."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from tracker.lib.api.errors import BAD


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


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        sentence = _("系统没有完成这次调用，也没有作任何更改。错误已记录，请稍后重试。")
        return JsonResponse({"detail": sentence}, status=500)
    return defaults.server_error(request)
