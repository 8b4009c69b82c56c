"""What views share."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from units.models import User


def person(request: HttpRequest) -> User:
    """The person who is logged in; PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
