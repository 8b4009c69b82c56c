"""Permission over channels and what went out on them; a part of the policy.

| verb | who |
|---|---|
| `robot.add` | offices whose group robots one enters: those for which one acts |
| `robot.keep` | the robots of these offices, tried out or removed |
| `delivery.keep` | messages as rows, without what they say: the system administrator alone |
"""

from django.db.models import QuerySet

from tasks.models import Digest, Robot
from tasks.policy.abilities import Person
from units.models import Office
from units.standing import Rule, Standing, standing
from units.states import Role


def _offices_acted_for(who: Standing) -> QuerySet[Office]:
    offices = Office.objects.all()
    return offices if who.superuser else offices.filter(pk__in=who.coordinates)


def _robots_kept_by(who: Standing) -> QuerySet[Robot]:
    robots = Robot.objects.in_use()
    return robots if who.superuser else robots.filter(office__in=who.coordinates)


def _deliveries_kept_by(who: Standing) -> QuerySet[Digest]:
    rows = Digest.objects.all()
    return rows if who.site_role == Role.SYSTEM_ADMIN else rows.none()


def keeps_robots(user: Person) -> bool:
    """Whether any office's robots are the person's to keep; asks no rows."""
    who = standing(user)
    return who.is_coordinator or who.superuser


# What a site's administrator does; everything else here is business.
OF_THE_SITE = frozenset({"delivery.keep"})
VERBS = {
    "robot.add": Rule(Office, _offices_acted_for),
    "robot.keep": Rule(Robot, _robots_kept_by),
    "delivery.keep": Rule(Digest, _deliveries_kept_by),
}
