from django.http import HttpRequest, HttpResponse


def listing(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    return HttpResponse("")
