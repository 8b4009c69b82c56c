"""When reports first came in: one that was returned and filed again keeps its first day."""

import datetime
from collections.abc import Iterable

from django.db.models import Min

from tasks.models import ProgressReport
from units.models import AuditEntry


def first_handed_in(reports: Iterable[ProgressReport]) -> dict[int, datetime.datetime]:
    """By the report's id, of those of which the log still tells; one query."""
    entries = AuditEntry.objects.filter(
        verb="report.submit",
        object_type=ProgressReport._meta.label_lower,
        object_id__in=[str(report.pk) for report in reports],
    )
    found = entries.order_by().values_list("object_id").annotate(first=Min("at"))
    return {int(report): first for report, first in found}
