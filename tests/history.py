"""The log in tests."""

from typing import Any

from django.db import models

from units.models import AuditEntry, User
from units.services import audit


def recorded(
    verb: str = "test.made", obj: models.Model | None = None, *, by: User | None = None, **told: Any
) -> AuditEntry:
    """Write an entry, and read it back as it stands in the log."""
    audit.record(verb, obj, by=by, **told)
    return AuditEntry.objects.latest("pk")
