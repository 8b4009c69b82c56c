"""Two who change the same thing: the second is told of the first."""

from django.core.exceptions import ValidationError


class Stale(ValidationError):
    """Somebody else has saved since the person opened it. The API answers 412."""
