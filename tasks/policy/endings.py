r"""Permission over 办结, 销号 and 终期评估; a part of the policy.

| verb | who |
|---|---|
| `ending.view` | own unit, own side's office and inspector all; once accepted, also the parties \
of the same task and the plan's other offices |
| `ending.claim` | officers and signers of the lead unit; the office of that side, which enters \
all but 办结 |
| `ending.decide` | the office of that side, but nobody what they claimed; who is alone in an \
office decides what the office itself entered, and the record says so |
| `ending.withdraw` | who claimed it, and for the lead unit its officers and signers |
| `ending.revoke` | the office of that side: what is in force |
| `assessment.view` | lead rows of which one reads 终期评估: the parties of the task, own side's \
office and inspector, the plan's other offices |
| `assessment.edit` | lead rows of that side, in the hands of its office |
"""

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from tasks.models import Ending, PlanSide, Responsibility
from tasks.policy.sides import Sides, coordinated_sides, office_sides, on_sides
from tasks.states import STATE_OF_ENDING, EndingKind, EndingState, PlanStatus
from tracker.lib.workdays import today
from units.models import Jurisdiction, Membership, User, codes_below
from units.standing import Rule, Standing
from units.states import UNIT_ROLES, Role

TOLD = (EndingState.ACCEPTED, EndingState.REVOKED)  # the result, which more people read
SIDE = "responsibility__"


def _of_sides(sides: Sides, prefix: str = "") -> Q:
    """Of these sides, and leads of no side in their plans."""
    plans = {plan for plan, _ in sides}
    of_none = Q(**{f"{prefix}side": None, f"{prefix}task__plan__in": plans})
    return on_sides(sides, f"{prefix}task__plan", f"{prefix}side") | of_none


def _close(who: Standing, prefix: str = "") -> Q:
    """Own unit's, own side's and inspected rows."""
    seen = Q(**{f"{prefix}unit__in": who.units}) | _of_sides(office_sides(who), prefix)
    if who.inspected:
        places = Jurisdiction.objects.filter(codes_below(who.inspected))
        seen |= Q(**{f"{prefix}side__in": places})
    return seen


def _party(who: Standing, prefix: str = "") -> Q:
    """Those of the same task, and of the plans of one's offices."""
    same_task = Exists(
        Responsibility.objects.filter(task=OuterRef(f"{prefix}task"), unit__in=who.units)
    )
    plans = {plan for plan, _ in office_sides(who)}
    return Q(same_task) | Q(**{f"{prefix}task__plan__in": plans})


def seen_by(who: Standing) -> QuerySet[Ending]:
    """The table: which claims and decisions a person of this standing may read."""
    rows = Ending.objects.all()
    if who.superuser:
        return rows
    return rows.filter(_close(who, SIDE) | (Q(state__in=TOLD) & _party(who, SIDE)))


def _leads() -> QuerySet[Responsibility]:
    """Leads of issued plans: a draft is for reference."""
    return Responsibility.objects.leads().filter(task__plan__status=PlanStatus.ISSUED)


def claimed_by(who: Standing) -> QuerySet[Responsibility]:
    """Sides of which the person may say how they end."""
    if who.superuser:
        return _leads()
    own = Q(unit__in=who.reporting_units) | _of_sides(coordinated_sides(who))
    return _leads().filter(own)


def _from_unit() -> Q:
    """It was claimed by one of the lead unit's people, whatever post they hold by now.

    办结 is for nobody else to claim. The other ends: by who had come to the unit by then.
    """
    posts = Membership.objects.filter(
        Q(since=None) | Q(since__lte=OuterRef("claimed_at__date")),
        user=OuterRef("claimed_by"),
        unit=OuterRef("responsibility__unit"),
        role__in=UNIT_ROLES,
    )
    return Q(kind=EndingKind.COMPLETED) | Q(Exists(posts))


def _has_others(who: Standing) -> Exists:
    """Another person acts for the same office, in the same plan."""
    others = Membership.objects.current(today()).filter(
        role=Role.COORDINATOR,
        office__in=who.coordinates,
        office__plan_sides__plan=OuterRef("responsibility__task__plan"),
    )
    return Exists(others.exclude(user=who.person))


def decided_by(who: Standing) -> QuerySet[Ending]:
    """What waits for the person's decision."""
    rows, own = Ending.objects.waiting(), Q(claimed_by=who.person)
    if who.superuser:
        return rows.exclude(own)
    rows = rows.filter(_of_sides(coordinated_sides(who), SIDE))
    return rows.filter(~own | (own & ~Q(_has_others(who)) & ~_from_unit()))


def withdrawn_by(who: Standing) -> QuerySet[Ending]:
    """What the person, or the person's unit, may take back while nobody has decided."""
    rows = Ending.objects.waiting()
    if who.superuser:
        return rows
    of_unit = Q(responsibility__unit__in=who.reporting_units) & _from_unit()
    return rows.filter(Q(claimed_by=who.person) & _close(who, SIDE) | of_unit)


def revoked_by(who: Standing) -> QuerySet[Ending]:
    """What is in force: accepted, and the side stands where it led."""
    led_to = Case(*(When(kind=kind, then=Value(to)) for kind, to in STATE_OF_ENDING.items()))
    rows = Ending.objects.filter(state=EndingState.ACCEPTED).annotate(led_to=led_to)
    rows = rows.filter(responsibility__state=F("led_to"))
    if who.superuser:
        return rows
    return rows.filter(_of_sides(coordinated_sides(who), SIDE))


def assessments_seen_by(who: Standing) -> QuerySet[Responsibility]:
    rows = _leads()
    return rows if who.superuser else rows.filter(_close(who) | _party(who))


def assessed_by(who: Standing) -> QuerySet[Responsibility]:
    rows = _leads()
    return rows if who.superuser else rows.filter(_of_sides(coordinated_sides(who)))


def is_own_review(ending: Ending, reviewer: User) -> bool:
    """本单位审核: the office's own unit leads, or the reviewer's, or one person did both."""
    side = ending.responsibility
    host = PlanSide.objects.filter(
        plan=side.task.plan_id, jurisdiction=side.side_id, office__host_unit=side.unit_id
    )
    posts = Membership.objects.current(today()).filter(user=reviewer, unit=side.unit_id)
    return ending.claimed_by_id == reviewer.pk or host.exists() or posts.exists()


VERBS = {
    "ending.view": Rule(Ending, seen_by),
    "ending.claim": Rule(Responsibility, claimed_by),
    "ending.decide": Rule(Ending, decided_by),
    "ending.withdraw": Rule(Ending, withdrawn_by),
    "ending.revoke": Rule(Ending, revoked_by),
    "assessment.view": Rule(Responsibility, assessments_seen_by),
    "assessment.edit": Rule(Responsibility, assessed_by),
}
