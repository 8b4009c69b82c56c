"""Permission over the form that goes out and comes back; a part of the policy.

| verb | who |
|---|---|
| `form.take` | a unit's 填报表: its officers and signers, coordinators of a side on which it leads |
| `upload.view` | what was sent in, its preview and file: who sent it while it is unread or \
refused; the unit's people what was sent for it by them; the office's coordinators what the office \
sent, and once it was applied the unit's people that too |
| `upload.apply` | the same, read and waiting: the unit's officers and signers, the office's \
coordinators; never another's |

What a form may change is decided cell by cell by `tasks.policy`, when it is read and again when it
is applied.
"""

from django.db.models import Q, QuerySet

from reports.models import Upload
from reports.states import UploadState
from tasks.models import Responsibility
from tasks.policy.sides import coordinated_sides, on_sides
from units.models import Unit, User
from units.standing import Rule, Standing, standing

UNREAD = (UploadState.WAITING, UploadState.READING, UploadState.REFUSED, UploadState.OPENED)


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
    own = Q(unit=None, uploaded_by=who.person) if _may_send(who) else Q(pk__in=[])
    of_unit = Q(unit__in=who.units) & (Q(office=None) | Q(state=UploadState.APPLIED))
    return rows.filter(own | of_unit | Q(unit__isnull=False, office__in=who.coordinates))


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
