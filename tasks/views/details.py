from django.http import HttpRequest, HttpResponse


def detail(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    return HttpResponse("")
