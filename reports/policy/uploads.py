"""Permission over the form that goes out and comes back; a part of the policy.

| verb | who |
|---|---|
| `form.take` | a unit's 回填表: its officers and signers, coordinators of a side where it leads |
| `upload.view` | what was sent in, its preview and file: who sent it while nobody knows whose it \
is, as long as the posts of that day last; then the unit's officers and signers, or the office's \
coordinators where an office sent it; that too the unit's once it is applied |
| `upload.apply` | the same, read and waiting: the unit's officers and signers what the unit sent, \
the office's coordinators what the office sent |

What a form may change is decided cell by cell by `tasks.policy`, when it is read and again when it
is applied.
"""

import datetime
from typing import Final

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from reports.models import Upload
from reports.states import UploadState
from tasks.models import PlanSide, Responsibility
from tasks.policy.sides import coordinated_sides, on_sides
from tracker.lib.workdays import Quarter, today
from units.models import Membership, Office, Unit, User
from units.standing import Rule, Standing, standing

DAY: Final = datetime.timedelta(days=1)


def _units_of_forms(who: Standing) -> QuerySet[Unit]:
    duties = Responsibility.objects.all()
    if not who.superuser:
        led = Q(pk__in=Responsibility.objects.leads().values("pk"))
        sided = on_sides(coordinated_sides(who), "task__plan", "side") & led
        duties = duties.filter(Q(unit__in=who.reporting_units) | sided)
    return Unit.objects.filter(pk__in=duties.values("unit"))


def _uploads_seen_by(who: Standing) -> QuerySet[Upload]:
    rows = Upload.objects.all()
    if who.superuser:
        return rows
    own = Q(~Exists(_left(who)), unit=None, uploaded_by=who.person)
    own = own if _may_send(who) else Q(pk__in=[])
    of_unit = Q(unit__in=who.reporting_units) & (Q(office=None) | Q(state=UploadState.APPLIED))
    return rows.filter(own | of_unit | Q(unit__isnull=False, office__in=who.coordinates))


def _left(who: Standing) -> QuerySet[Membership]:
    """Posts of the day of sending that ended since: what came by them is not the person's now."""
    # One that is taken away on that very day ends with the day before.
    eve = TruncDate(ExpressionWrapper(OuterRef("uploaded_at") - DAY, DateTimeField()))
    posts = Membership.objects.filter(
        Q(since=None) | Q(since__lte=OuterRef("uploaded_at__date")),
        user=who.person,
        until__gte=eve,
        until__lt=today(),
    )
    # Another post in the same unit or office leaves it as it was.
    return posts.exclude(unit__in=who.reporting_units).exclude(office__in=who.coordinates)


def _uploads_applied_by(who: Standing) -> QuerySet[Upload]:
    rows = Upload.objects.filter(unit__isnull=False)
    if who.superuser:
        return rows
    of_unit = Q(office=None, unit__in=who.reporting_units)
    return rows.filter(of_unit | Q(office__in=who.coordinates))


def _may_send(who: Standing) -> bool:
    return who.superuser or bool(who.reporting_units or who.coordinates)


def may_send(user: User) -> bool:
    """Whether the person may send a filled-in form at all; whose it is, the reading finds."""
    return _may_send(standing(user))


VERBS = {
    "form.take": Rule(Unit, _units_of_forms),
    "upload.view": Rule(Upload, _uploads_seen_by),
    "upload.apply": Rule(Upload, _uploads_applied_by),
}


def own_unit(user: User) -> Unit | None:
    """The unit for which alone the person reports; None for offices, and for people of several."""
    who = standing(user)
    if who.superuser or who.coordinates or len(who.reporting_units) != 1:
        return None
    return Unit.objects.get(pk__in=who.reporting_units)


def office_of(user: User, unit: Unit, quarter: Quarter) -> Office | None:
    """The person's office for whose side the unit leads in the quarter's plans."""
    who = standing(user)
    rows = PlanSide.objects.filter(
        plan__periods__year=quarter.year,
        plan__periods__quarter=quarter.number,
        plan__tasks__responsibilities__in=Responsibility.objects.leads().filter(unit=unit),
        plan__tasks__responsibilities__side=F("jurisdiction"),
    )
    if not who.superuser:
        rows = rows.filter(office__in=who.coordinates)
    found = rows.select_related("office").order_by("plan", "order").first()
    return found.office if found else None
