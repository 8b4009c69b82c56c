"""Permission over runs and files.

| verb | who |
|---|---|
| `run.view` | the office for which it was made, inspectors of all sides of its plans, the \
inspector who asked as long as that post lasts, people of a unit of which it holds a workbook |
| `file.view` | as `run.view`; people of a unit only that unit's own workbook |
| `run.manage` | of these runs, cancelled and begun anew: whoever asked; of an office's its \
coordinators |

All 回填表 of an office in a zip are a run, too, which whoever asked alone sees while a coordinator.

Making is asked for through `audience_for`: officers for their own unit, coordinators for all lead
units of the plans of their office, inspectors likewise. What stands in a workbook is decided by
`tasks.policy` for the standing that `run_standing` gives.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from reports.models import ReportFile, ReportMail, ReportRun
from reports.policy import schedules, uploads
from reports.states import FORMS, BookKey, FileKind
from tasks.models import Plan, PlanSide, Responsibility, Snapshot, SnapshotRow
from tasks.policy import progress_seen_by
from tracker.lib.told import told as _
from tracker.lib.workdays import Quarter, today
from units.models import Jurisdiction, Membership, Office, Unit, User, codes_below
from units.standing import Rule, Standing, scope_of, standing

Person = User | AnonymousUser


def _runs_seen_by(who: Standing) -> QuerySet[ReportRun]:
    own_files = ReportFile.objects.filter(run=OuterRef("pk"), unit__in=who.units)
    of_unit = Q(lead_unit__in=who.units) | Exists(own_files)
    return ReportRun.objects.filter(_whole_runs(who) | of_unit)


def _runs_managed_by(who: Standing) -> QuerySet[ReportRun]:
    seen = _runs_seen_by(who)
    if who.superuser:
        return seen
    return seen.filter(Q(requested_by=who.person) | Q(office__in=who.coordinates))


def _files_seen_by(who: Standing) -> QuerySet[ReportFile]:
    runs = ReportRun.objects.filter(_whole_runs(who))
    own = Q(kind=FileKind.UNIT, unit__in=who.units)
    return ReportFile.objects.filter(Q(run__in=runs) | own)


VERBS = {
    "run.view": Rule(ReportRun, _runs_seen_by),
    "file.view": Rule(ReportFile, _files_seen_by),
    "run.manage": Rule(ReportRun, _runs_managed_by),
    **schedules.VERBS,
    **uploads.VERBS,
}


def scope(user: Person, verb: str) -> QuerySet[Any]:
    """The rows on which the person may do `verb`."""
    return scope_of(VERBS, user, verb, business=verb not in schedules.OF_THE_SITE)


def can(user: Person, verb: str, obj: Any) -> bool:
    """Whether the person may do `verb` on this row."""
    return scope(user, verb).filter(pk=obj.pk).exists()


def reads_all(user: Person, run: ReportRun) -> bool:
    """Whether the person may take every file of the run: asked anew whenever one is sent."""
    return not schedules.unseen_files(scope(user, "file.view"), run)


def mails_told(user: User) -> QuerySet[ReportMail]:
    """The mails of scheduled books of which the person may know: of the runs that one manages."""
    return ReportMail.objects.filter(run__in=scope(user, "run.manage"))


def _whole_runs(who: Standing) -> Q:
    """Condition on runs of which the person may read every file."""
    if who.superuser:
        return Q(pk__isnull=False)
    # 回填表 hold what whoever asked may read, who must act for the office still.
    own_forms = Q(book=FORMS, office__in=who.coordinates, requested_by=who.person)
    of_office = ~Q(book=FORMS) & Q(office__in=who.offices) | own_forms
    if not who.inspected:
        return of_office
    places = Jurisdiction.objects.filter(codes_below(who.inspected))
    # What was made through a post that has ended since is not the person's any more.
    ended = Membership.objects.filter(
        Q(since=None) | Q(since__lte=OuterRef("created_at__date")),
        user=who.person,
        jurisdiction__isnull=False,
        until__gte=OuterRef("created_at__date"),
        until__lt=today(),
    )
    asked_for = ~Q(book=FORMS) & Q(~Exists(ended), requested_by=who.person, office=None)
    inside = Q(lead_unit=None) | Q(lead_unit__jurisdiction__in=places)
    # An office reads the other side's approved text; its inspector does not. So an office's run is
    # the inspector's only where all sides of its plans are inspected.
    elsewhere = PlanSide.objects.filter(plan__in=OuterRef("plans")).exclude(jurisdiction__in=places)
    over_all = ReportRun.objects.filter(office__jurisdiction__in=places, plans__isnull=False)
    over_all = over_all.exclude(book=FORMS)
    mixed = over_all.filter(Exists(elsewhere))
    inspected = Q(pk__in=over_all.values("pk")) & ~Q(pk__in=mixed.values("pk"))
    return of_office | inspected | asked_for & inside


def run_standing(run: ReportRun) -> Standing:
    """The standing through whose eyes the run's books are made."""
    if run.office_id is not None:
        return Standing(offices=frozenset({run.office_id}))
    if run.requested_by is None:
        return Standing(superuser=True)
    who = standing(run.requested_by)
    if who.superuser or who.inspected:
        return Standing(superuser=who.superuser, inspected=who.inspected)
    units = {run.lead_unit_id} & who.units
    return Standing(units=frozenset(pk for pk in units if pk is not None))


def audience_for(
    user: User,
    *,
    book: BookKey,
    plans: Collection[Plan],
    lead_unit: Unit | None,
    prefer: Office | None = None,
) -> Office | None:
    """The office for which the person may have the book made; None where none is needed.

    Of several that coordinate one plan the preferred. Raises PermissionDenied, or ValidationError
    where the person must say which plan is meant.
    """
    who = standing(user)
    if who.superuser:
        return None
    if offices := _offices_over(who, plans):
        if prefer in offices:
            return prefer
        if len(offices) > 1 and len(plans) > 1:
            raise ValidationError(_("您在多个协调办公室任职：请指定方案。"))
        return offices[0]
    if who.inspected and _inspects(who, plans, lead_unit):
        return None
    if book == BookKey.STATUS and lead_unit is not None and lead_unit.pk in who.units:
        return None
    raise PermissionDenied(_refusal(who))


def _refusal(who: Standing) -> str:
    if who.offices:
        return _("您无权生成该报表：协调办公室只能生成所协调方案的报表。")
    if who.inspected:
        return _("您无权生成该报表：督查员只能生成督查辖区内牵头单位的报表。")
    if who.units:
        return _("您无权生成该报表：单位人员只能生成本单位牵头任务的进展情况表。")
    return _("您无权生成报表：您没有在单位、协调办公室或督查岗位任职。")


@dataclass(frozen=True)
class Offer:
    """What a form offers a person: what `audience_for` then allows."""

    plans: QuerySet[Plan]
    units: QuerySet[Unit]
    # Units that lead nothing now, by id: the last closed quarter in which they did.
    led_until: Mapping[int, Quarter]
    whole_plans: bool
    must_name_plan: bool


def offer_to(user: User) -> Offer:
    """The plans and lead units for which the person may have books made."""
    who = standing(user)
    tracked = Plan.objects.tracked().order_by("pk")
    leads = Responsibility.objects.leads().filter(task__plan__in=tracked)
    own = leads.filter(unit__in=who.units)
    sides = _offered_sides(who, leads)
    whole = sides is not None
    units = Q(pk__in=own.values("unit"))
    if sides is not None:
        units |= Q(pk__in=sides.values("unit"))
    kept = _kept_rows(tracked, Q(unit__in=who.units) if sides is None else _of(who, sides))
    of_plans = Q(pk__in=(own if sides is None else sides).values("task__plan"))
    if sides is None:
        of_plans |= Q(pk__in=kept.values("snapshot__period__plan"))
    plans = tracked.filter(of_plans)
    offices = _offices_over(who, list(plans)) if whole and not who.superuser else []
    return Offer(
        plans=plans,
        units=Unit.objects.filter(units),
        led_until=_led_until(kept.exclude(unit__in=Unit.objects.filter(units))),
        whole_plans=whole,
        must_name_plan=len(offices) > 1 and len(plans) > 1,
    )


def _of(who: Standing, sides: QuerySet[Responsibility]) -> Q:
    return Q(responsibility__in=sides.order_by().values("pk")) | Q(unit__in=who.units)


def _kept_rows(plans: QuerySet[Plan], which: Q) -> QuerySet[SnapshotRow]:
    """Who led in closed quarters: a merger gives a unit's tasks to another, its past to nobody."""
    kept = Snapshot.objects.in_force().filter(period__plan__in=plans.order_by().values("pk"))
    return SnapshotRow.objects.filter(which, snapshot__in=kept).order_by()


def _led_until(rows: QuerySet[SnapshotRow]) -> dict[int, Quarter]:
    found = rows.values_list("unit", "snapshot__period__year", "snapshot__period__quarter")
    return {
        unit: Quarter(year, quarter)
        for unit, year, quarter in sorted(found.distinct())  # the last one stays
    }


def _offered_sides(
    who: Standing, leads: QuerySet[Responsibility]
) -> QuerySet[Responsibility] | None:
    """The lead rows of whole plans that the person may have; None for people of a unit alone."""
    if who.superuser:
        return leads
    if who.offices:
        coordinated = PlanSide.objects.filter(office__in=who.offices)
        return leads.filter(task__plan__in=coordinated.values("plan"))
    if who.inspected:
        inspected = progress_seen_by(Standing(inspected=who.inspected))
        return leads.filter(pk__in=inspected)
    return None


def _inspects(who: Standing, plans: Collection[Plan], lead_unit: Unit | None) -> bool:
    sides = progress_seen_by(who).filter(task__plan__in=plans)
    if lead_unit is None:
        return sides.exists()
    led_once = SnapshotRow.objects.filter(
        snapshot__in=Snapshot.objects.in_force(), unit=lead_unit
    ).values("responsibility")
    return sides.filter(Q(unit=lead_unit) | Q(pk__in=led_once)).exists()


def plans_for(user: User, plans: Collection[Plan]) -> list[Plan]:
    """Those of the plans for which the person means a call that names none.

    A coordinator means the plans of the own offices, an inspector those with inspected sides,
    everybody else all.
    """
    who = standing(user)
    if who.superuser or not (who.offices or who.inspected):
        return list(plans)
    sides = _offered_sides(who, Responsibility.objects.leads().filter(task__plan__in=plans))
    own = set() if sides is None else set(sides.values_list("task__plan_id", flat=True))
    return [plan for plan in plans if plan.pk in own]


def _offices_over(who: Standing, plans: Collection[Plan]) -> list[Office]:
    """The person's offices that coordinate a side of any of the plans, in the plans' order."""
    sides = (
        PlanSide.objects.filter(office__in=who.offices, plan__in=plans)
        .select_related("office")
        .order_by("plan", "order")
    )
    return list(dict.fromkeys(side.office for side in sides))
