"""Who knows units, enters and changes them, and names deputies in them.

| verb | who |
|---|---|
| `unit.view` | everyone logged in but the site's administrators |
| `unit.add` | offices for which one acts: they enter units of their place, those below, and \
central ones |
| `unit.edit` | names of units of these places |
| `unit.succeed` | coordinators: renaming, merging, splitting, abolishing units of their sides and \
of their own place |
| `succession.view` | as `unit.view` |
| `deputy.name` | units in which one has a post, and those of the sides for which one acts: who is \
told there instead of whom, and for which days |
| `deputy.end` | the deputies of these units |
"""

from django.db.models import Q, QuerySet

from units.above import above
from units.models import Deputy, Jurisdiction, Office, Succession, Unit, codes_below
from units.standing import Rule, Standing


def units_coordinated(who: Standing) -> QuerySet[Unit]:
    """The units of the sides for which the person acts."""
    return above.units_of(who.coordinates)


def _units_seen_by(who: Standing) -> QuerySet[Unit]:
    return Unit.objects.all() if who.site_role is None else Unit.objects.none()


def _offices_acted_for(who: Standing) -> QuerySet[Office]:
    offices = Office.objects.all()
    return offices if who.superuser else offices.filter(pk__in=who.coordinates)


def _units_named_by(who: Standing) -> QuerySet[Unit]:
    """Of the places of own offices and below; a central unit belongs to no one office."""
    if who.superuser:
        return Unit.objects.all()
    codes = list(_offices_acted_for(who).values_list("jurisdiction__code", flat=True))
    return Unit.objects.filter(jurisdiction__in=Jurisdiction.objects.filter(codes_below(codes)))


def _units_changed_by(who: Standing) -> QuerySet[Unit]:
    """Of the own side, wherever its place; and of the own place, also without a duty."""
    if who.superuser:
        return Unit.objects.all()
    places = _offices_acted_for(who).values("jurisdiction")
    mine = Q(pk__in=units_coordinated(who).values("pk")) | Q(jurisdiction__in=places)
    return Unit.objects.filter(mine)


def _successions_seen_by(who: Standing) -> QuerySet[Succession]:
    return Succession.objects.all() if who.site_role is None else Succession.objects.none()


def _units_deputised_by(who: Standing) -> QuerySet[Unit]:
    if who.superuser:
        return Unit.objects.all()
    mine = Q(pk__in=who.units) | Q(pk__in=units_coordinated(who).values("pk"))
    return Unit.objects.filter(mine)


def _deputies_ended_by(who: Standing) -> QuerySet[Deputy]:
    return Deputy.objects.filter(unit__in=_units_deputised_by(who).values("pk"))


VERBS = {
    "unit.view": Rule(Unit, _units_seen_by),
    "unit.add": Rule(Office, _offices_acted_for),
    "unit.edit": Rule(Unit, _units_named_by),
    "unit.succeed": Rule(Unit, _units_changed_by),
    "succession.view": Rule(Succession, _successions_seen_by),
    "deputy.name": Rule(Unit, _units_deputised_by),
    "deputy.end": Rule(Deputy, _deputies_ended_by),
}
