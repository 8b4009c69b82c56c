r"""Permission over observations; a part of the policy.

| verb | who |
|---|---|
| `observation.view` | approved ones everyone; handed in, that side's office and inspector; drafts \
the unit or office that entered them |
| `observation.enter` | targets that one's unit accounts for, or of plans that one's office \
coordinates |
| `observation.edit` | drafts and what was returned, of one's own unit or office |
| `observation.review` | the office of that side, but nobody what they once saved |
| `observation.reason` | observations of which the version and why they were returned are told |
"""

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from tasks.models import Observation, PlanSide, Target
from tasks.policy.sides import coordinated_sides, office_sides, on_sides
from tasks.states import (
    OBSERVATION_EDITABLE,
    OBSERVATION_HANDED_IN,
    ObservationState,
    PlanStatus,
)
from units.models import AuditEntry, Jurisdiction, User, codes_below
from units.standing import Rule, Standing, standing

ENTERED = Q(unit__isnull=False) | Q(office__isnull=False)


def _of_offices(who: Standing) -> Q:
    return on_sides(office_sides(who), "target__plan", "side")


def seen_by(who: Standing) -> QuerySet[Observation]:
    """Approved: everyone. Handed in: also that side's office and inspector. Drafts: own alone."""
    rows = Observation.objects.all()
    if who.superuser:
        return rows
    handed_in = _of_offices(who)
    if who.inspected:
        handed_in |= Q(side__in=Jurisdiction.objects.filter(codes_below(who.inspected)))
    return rows.filter(
        Q(state=ObservationState.APPROVED)
        | _own(who)
        | (Q(state__in=OBSERVATION_HANDED_IN) & handed_in)
    )


def told_to(who: Standing) -> QuerySet[Observation]:
    """Those whose way (version, why returned) is told: between who entered it and the office."""
    rows = Observation.objects.filter(ENTERED)
    return rows if who.superuser else seen_by(who).filter(ENTERED, _own(who) | _of_offices(who))


def _own(who: Standing) -> Q:
    return Q(unit__in=who.units) | Q(office__in=who.offices)


def edited_by(who: Standing) -> QuerySet[Observation]:
    """Drafts and what was returned, of one's own unit or office; loaded ones never."""
    return _written_by(who).filter(state__in=OBSERVATION_EDITABLE)


def writes(user: User, row: Observation) -> bool:
    """Whether a figure is the person's to write, in whatever state it is by now."""
    return _written_by(standing(user)).filter(pk=row.pk).exists()


def _written_by(who: Standing) -> QuerySet[Observation]:
    rows = Observation.objects.filter(ENTERED)
    if who.superuser:
        return rows
    return rows.filter(Q(unit__in=who.reporting_units) | Q(office__in=who.coordinates))


def entered_by(who: Standing) -> QuerySet[Target]:
    """Targets for which the person may enter observations: as the accounting unit, or an office.

    Of issued plans with an office that reviews; a draft is for reference.
    """
    has_office = Exists(PlanSide.objects.filter(plan=OuterRef("plan")))
    targets = Target.objects.filter(has_office, plan__status=PlanStatus.ISSUED)
    if who.superuser:
        return targets
    plans = {plan for plan, _ in coordinated_sides(who)}
    return targets.filter(Q(unit__in=who.reporting_units) | Q(plan__in=plans))


def reviewed_by(who: Standing) -> QuerySet[Observation]:
    """What waits on the person's own sides, but nothing that the person once saved."""
    return _judged_by(who).filter(state=ObservationState.SUBMITTED)


def judges(user: User, row: Observation) -> bool:
    """Whether a figure is the person's to review, in whatever state it is by now."""
    return _judged_by(standing(user)).filter(pk=row.pk).exists()


def _judged_by(who: Standing) -> QuerySet[Observation]:
    rows = Observation.objects.all()
    if not who.superuser:
        rows = rows.filter(on_sides(coordinated_sides(who), "target__plan", "side"))
    entries = AuditEntry.objects.filter(
        actor=who.person,
        verb__in=("observation.save", "observation.submit"),
        object_type=Observation._meta.label_lower,
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    own = Q(filled_by=who.person) | Q(submitted_by=who.person) | Exists(entries)
    return rows.exclude(own)


VERBS = {
    "observation.view": Rule(Observation, seen_by),
    "observation.enter": Rule(Target, entered_by),
    "observation.edit": Rule(Observation, edited_by),
    "observation.review": Rule(Observation, reviewed_by),
    "observation.reason": Rule(Observation, told_to),
}
