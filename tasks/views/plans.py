from django.http import HttpRequest, HttpResponse


def listing(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


def detail(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse("")
