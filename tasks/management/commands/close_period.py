"""Close a quarter of a plan on all its sides, for an operator whom the offices asked."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from tasks.models import Period
from tasks.services import closing, snapshots
from tracker.lib import workdays
from tracker.lib.workdays import Quarter
from units.services import audit
from units.states import Source


class Command(BaseCommand):
    """`manage.py close_period --plan CODE --period 2026Q3 [--dry-run]`."""

    help = "Close a quarter of a plan on all its sides and keep its snapshot; names what is missing"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", required=True, metavar="CODE")
        parser.add_argument("--period", required=True, metavar="2026Q3")
        parser.add_argument("--note", default="", help="kept with the snapshot")
        parser.add_argument("--dry-run", action="store_true", help="name what is missing, no more")

    def handle(self, *args: Any, **options: Any) -> None:
        period = _period(options["plan"], options["period"])
        for standing in closing.standing_of(period):
            self.stdout.write(_line(standing))
            for line in _wanting(standing):
                self.stdout.write(line)
        if options["dry_run"]:
            return
        try:
            with audit.context(Source.COMMAND), transaction.atomic():
                period = _close(period, options["note"])
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
        snapshot = snapshots.in_force(period)
        if snapshot is not None:
            self.stdout.write(f"{period.code} {snapshot.day:%Y-%m-%d} SHA-256 {snapshot.digest}")


def _period(code: str, text: str) -> Period:
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        raise CommandError(str(error)) from error
    period = Period.objects.of(quarter).filter(plan__code=code).select_related("plan").first()
    if period is None:
        words = {"plan": code, "quarter": quarter.label}
        raise CommandError(_("%(plan)s没有%(quarter)s的填报期。") % words)
    return period


def _line(standing: closing.SideStanding) -> str:
    missing, returned, unreviewed = standing.counts
    return _(
        "%(side)s：应报%(expected)d，未报%(missing)d，退回%(returned)d，未审核%(unreviewed)d"
    ) % {
        "side": standing.side.jurisdiction,
        "expected": standing.expected,
        "missing": missing,
        "returned": returned,
        "unreviewed": unreviewed,
    }


def _wanting(standing: closing.SideStanding) -> Iterator[str]:
    """A line for each duty that is wanting: how, by whom, which task."""
    for state, leads in (
        (_("未报"), standing.missing),
        (_("退回未重报"), standing.returned),
        (_("未审核"), standing.unreviewed),
    ):
        for lead in leads:
            yield f"  {state}  {lead.unit}  {lead.task}"


def _close(period: Period, note: str) -> Period:
    """Every side that is open; what is wanting was named in the output."""
    if period.closed_on is not None:
        raise ValidationError(_("%(period)s已关闭。") % {"period": period})
    now = workdays.now()
    for standing in closing.standing_of(period):
        if not standing.is_closed:
            period = closing.close_side(
                period, standing.side, by=None, now=now, confirmed=standing.counts, note=note
            )
    if period.closed_on is None:
        raise ValidationError(_("方案没有协调办公室，不能关闭填报期。"))
    return period
