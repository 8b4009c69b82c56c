"""Permission over schedules and who may be sent what they make; a part of the policy.

| verb | who |
|---|---|
| `schedule.view` | who made it; of an office's all its people |
| `schedule.keep` | changed, stopped and begun again: who made it; of an office's its coordinators |
| `report_mail.keep` | its mails that were given up, sent again: as `schedule.keep`; any, without \
what it says, the system administrator |

What a scheduled book holds is what whoever saved the schedule last may have; `readers` are the
people who may see all of that, chosen from when it is entered and asked again when it is sent.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from reports.models import ReportFile, ReportMail, ReportRun, ReportSchedule
from tasks.models import Plan, PlanSide
from tracker.lib.workdays import today
from units.models import Jurisdiction, Membership, Office, Unit, User
from units.standing import Rule, Standing
from units.states import Role


def _schedules_seen_by(who: Standing) -> QuerySet[ReportSchedule]:
    rows = ReportSchedule.objects.all()
    if who.superuser:
        return rows
    return rows.filter(Q(office__in=who.offices) | Q(made_by=who.person, office=None))


def _schedules_kept_by(who: Standing) -> QuerySet[ReportSchedule]:
    rows = ReportSchedule.objects.all()
    if who.superuser:
        return rows
    return rows.filter(Q(office__in=who.coordinates) | Q(made_by=who.person, office=None))


def _mails_kept_by(who: Standing) -> QuerySet[ReportMail]:
    rows = ReportMail.objects.all()
    if who.site_role is not None:
        return rows if who.site_role == Role.SYSTEM_ADMIN else rows.none()
    return rows.filter(run__schedule__in=_schedules_kept_by(who))


# What a site's administrator does; everything else here is business.
OF_THE_SITE = frozenset({"report_mail.keep"})
VERBS = {
    "report_mail.keep": Rule(ReportMail, _mails_kept_by),
    "schedule.view": Rule(ReportSchedule, _schedules_seen_by),
    "schedule.keep": Rule(ReportSchedule, _schedules_kept_by),
}


def readers(
    *, plan: Plan, lead_unit: Unit | None, office: Office | None, made_by: User
) -> QuerySet[User]:
    """The people of today who may see all of such a book: of which recipients are chosen.

    Of an office's: its people and the inspectors of all sides of the plan; of one lead unit's
    workbook also that unit's people. The others' own is theirs alone.
    """
    posts = Membership.objects.current(today())
    held = Q(pk__in=[])
    if office is not None:
        held |= Q(office=office) | Q(user__in=_inspectors_over(plan))
    if lead_unit is not None:
        held |= Q(unit=lead_unit)
    of_post = Q(pk__in=posts.filter(held).values("user"))
    return User.objects.filter(of_post | Q(pk=made_by.pk), is_active=True)


def _inspectors_over(plan: Plan) -> list[int]:
    """Who inspects the places of all sides of the plan."""
    sides = [row.jurisdiction for row in PlanSide.objects.filter(plan=plan).select_related()]
    posts = Membership.objects.current(today()).filter(jurisdiction__isnull=False)
    places: dict[int, list[Jurisdiction]] = {}
    for post in posts.select_related("jurisdiction"):
        if post.jurisdiction is not None:
            places.setdefault(post.user_id, []).append(post.jurisdiction)
    return [person for person, held in places.items() if _all_held(held, sides)]


def _all_held(places: Iterable[Jurisdiction], sides: Iterable[Jurisdiction]) -> bool:
    return all(any(place.holds(side) for place in places) for side in sides)


def unseen_files(files: QuerySet[ReportFile], run: ReportRun) -> int:
    """How many of the run's files are not among those that somebody may take."""
    return ReportFile.objects.filter(run=run).exclude(pk__in=files.values("pk")).count()
