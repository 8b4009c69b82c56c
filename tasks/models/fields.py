"""Fields that many models have in the same form."""

from typing import Any

from django.conf import settings
from django.db import models


def person(label: Any, **kwargs: Any) -> Any:
    """Who did something; nobody yet is null. History keeps the person, so it is protected."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=label,
        null=True,
        blank=True,
        related_name="+",
        **kwargs,
    )


def moment(label: Any) -> Any:
    """When it was done; null is not yet."""
    return models.DateTimeField(label, null=True, blank=True)
