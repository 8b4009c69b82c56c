r"""Permission over 审签 and 代填; a part of the policy.

| verb | who |
|---|---|
| `report.ask_sign` | drafts of units whose reports are signed: the unit's officers and signers \
send them to the signer, print the 审签单, hand up its scan |
| `report.sign` | the same drafts: the unit's signers sign them or send them back with words |
| `report.hand_in` | signed reports: the unit's officers and signers hand them in, or take the \
signature away |
| `report.enter` | lead rows for which an office enters a report: coordinators of that side |
| `letter.make` | units of which one is: the letter with which a quarter's table is sent |
| `signing.set` | whether a unit's reports are signed: its signers, the offices of its sides |
"""

from django.db.models import Q, QuerySet

from tasks.models import ProgressReport, Responsibility
from tasks.policy.sides import coordinated_sides, on_sides
from tasks.states import PlanStatus, ReportState
from tracker.lib.workdays import today
from units.models import Membership, Unit
from units.policy import units_coordinated
from units.standing import Rule, Standing
from units.states import Role


def units_signed_for(who: Standing) -> QuerySet[Unit]:
    """The units whose 审签人 the person is."""
    posts = Membership.objects.current(today()).filter(user=who.person, role=Role.SIGNER)
    return Unit.objects.filter(pk__in=posts.values("unit"))


def _of_state(who: Standing, state: ReportState) -> QuerySet[ProgressReport]:
    rows = ProgressReport.objects.filter(state=state)
    return rows if who.superuser else rows.filter(responsibility__unit__in=who.reporting_units)


def _asked_by(who: Standing) -> QuerySet[ProgressReport]:
    return _of_state(who, ReportState.DRAFT).filter(responsibility__unit__signs_reports=True)


def _signed_by(who: Standing) -> QuerySet[ProgressReport]:
    rows = _asked_by(who)
    if who.superuser:
        return rows
    return rows.filter(responsibility__unit__in=units_signed_for(who).values("pk"))


def entered_by(who: Standing) -> QuerySet[Responsibility]:
    """Lead rows for which the person's office may enter a report."""
    leads = Responsibility.objects.leads().filter(task__plan__status=PlanStatus.ISSUED)
    if who.superuser:
        return leads
    return leads.filter(on_sides(coordinated_sides(who), "task__plan", "side"))


def _written_by(who: Standing) -> QuerySet[Unit]:
    return Unit.objects.all() if who.superuser else Unit.objects.filter(pk__in=who.units)


def _set_by(who: Standing) -> QuerySet[Unit]:
    if who.superuser:
        return Unit.objects.all()
    own = Q(pk__in=units_signed_for(who).values("pk"))
    return Unit.objects.filter(own | Q(pk__in=units_coordinated(who).values("pk")))


VERBS = {
    "report.ask_sign": Rule(ProgressReport, _asked_by),
    "report.sign": Rule(ProgressReport, _signed_by),
    "report.hand_in": Rule(ProgressReport, lambda who: _of_state(who, ReportState.SIGNED)),
    "report.enter": Rule(Responsibility, entered_by),
    "letter.make": Rule(Unit, _written_by),
    "signing.set": Rule(Unit, _set_by),
}
