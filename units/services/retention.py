"""Dropping whole months of the log that are older than the retention, their seal kept."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from tracker.lib.workdays import SHANGHAI
from units.models import AuditEntry, MonthSeal, Seal
from units.services import audit, month_seals, seals
from units.services.verify import verify

TABLES = ("units_auditentry", "units_seal")


@dataclass(frozen=True)
class Dropped:
    """What went: how many entries of how many months, up to which seal."""

    entries: int
    months: int
    number: int


def earliest(today: datetime.date) -> datetime.date:
    """The first day that must stay."""
    return month_seals.first_kept(today, settings.AUDIT_RETENTION_MONTHS)


@transaction.atomic
def drop(before: datetime.date, *, today: datetime.date) -> Dropped:
    """Drop the months before the one that `before` begins; asks for the tables' owner.

    Raises ValidationError for a month within the retention, and where the chain does not hold:
    what would be dropped is then evidence.
    """
    if before > earliest(today):
        text = _("历史记录须保存%(months)d个月：最早只能清理%(day)s以前的月份。")
        raise ValidationError(
            text % {"months": settings.AUDIT_RETENTION_MONTHS, "day": f"{earliest(today):%Y-%m}"}
        )
    seals.seal()
    found = verify().bad
    if found is not None:
        raise ValidationError(
            _("历史记录核对不通过，不能清理：%(sentence)s") % {"sentence": found.sentence}
        )
    last = _last(before)
    if last is None:
        return Dropped(0, 0, seals.start().number)
    months = _keep_seals(last)
    if not months:  # a few stragglers alone wait for the next month
        return Dropped(0, 0, seals.start().number)
    _set_triggers("DISABLE")
    entries = Seal.objects.filter(number__lte=last).values("entry_id")
    count = AuditEntry.objects.filter(pk__in=entries)._raw_delete("default")
    Seal.objects.filter(number__lte=last)._raw_delete("default")
    _set_triggers("ENABLE")
    dropped = Dropped(int(count), months, last)
    after = {"count": dropped.entries, "number": last, "until": before}
    after |= {"digest": month_seals.digest()}
    audit.record(month_seals.DROP, None, by=None, after=after)
    return dropped


def _last(before: datetime.date) -> int | None:
    """The last seal of the run at the chain's begin whose entries are all of dropped months."""
    moment = datetime.datetime.combine(before, datetime.time.min, SHANGHAI)
    kept = Seal.objects.filter(entry__at__gte=moment).aggregate(number=Min("number"))["number"]
    rows = Seal.objects.filter(number__lt=kept) if kept is not None else Seal.objects.all()
    number = rows.aggregate(number=Max("number"))["number"]
    return None if number is None else int(number)


def _keep_seals(last: int) -> int:
    """A row for each month, and how many; what straggled behind an earlier drop joins the next."""
    rows = (
        Seal.objects.filter(number__lte=last)
        .annotate(month=TruncMonth("entry__at", tzinfo=SHANGHAI))
        .values("month")
        .annotate(number=Max("number"), count=Count("pk"))
        .order_by("month")
    )
    dropped = set(MonthSeal.objects.values_list("month", flat=True))
    made, number, count = 0, 0, 0
    for row in rows:
        number, count = max(number, row["number"]), count + row["count"]
        month = row["month"].date()
        if month in dropped:
            continue
        digest = Seal.objects.get(number=number).digest
        MonthSeal.objects.create(month=month, number=number, digest=digest, count=count)
        made, number, count = made + 1, 0, 0
    return made


def _set_triggers(word: str) -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER {table}_no_change")
