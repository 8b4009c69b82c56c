"""Authentication behind the doors: a locked name gets no further."""

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.http import HttpRequest


class LockBackend(AxesStandaloneBackend):
    """As django-axes'; where there is no request there is no address to lock."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Stop the log-in of a locked name; never lets anybody in by itself."""
        if request is not None:
            super().authenticate(request, username=username, password=password, **kwargs)
