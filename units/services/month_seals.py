"""What stays of dropped months, and whether the drop that the log tells of made it so."""

import datetime
import hashlib
import json
from typing import Final

from django.db.models import Sum

from tracker.lib.workdays import SHANGHAI
from units.models import AuditEntry, DayHead, MonthSeal

DROP: Final = "audit.drop"
LEAST_MONTHS: Final = 6  # no setting allows fewer


def first_kept(today: datetime.date, months: int) -> datetime.date:
    """The first day that must stay where so many months are kept."""
    count = today.year * 12 + today.month - 1 - months
    return datetime.date(count // 12, count % 12 + 1, 1)


def digest() -> str:
    """Of all months that were dropped: one digest, which the entry of the drop keeps."""
    rows = MonthSeal.objects.order_by("number", "month").values_list(
        "month", "number", "digest", "count"
    )
    told = [[month.isoformat(), *rest] for month, *rest in rows]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def total() -> int:
    """How many entries the months held."""
    return MonthSeal.objects.aggregate(total=Sum("count"))["total"] or 0


def last_drop(number: int) -> AuditEntry | None:
    """The entry that tells of the drop up to this seal."""
    told = AuditEntry.objects.filter(verb=DROP, after__number=number)
    return told.order_by("-pk").first()


def within_retention(drop: AuditEntry) -> bool:
    """The drop took a month that nobody may drop yet, or one whose end a later mail had seen."""
    month = MonthSeal.objects.order_by("-month").values_list("month", flat=True).first()
    if month is None:
        return False
    if month >= first_kept(drop.at.astimezone(SHANGHAI).date(), LEAST_MONTHS):
        return True
    begun = first_kept(month, -1) + datetime.timedelta(days=1)
    return DayHead.objects.filter(day__gt=begun, number__lt=drop.after["number"]).exists()
