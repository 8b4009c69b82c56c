"""The sides of plans that a person's offices have; a part of the policy."""

from typing import Any

from django.db.models import Q

from tasks.models import PlanSide
from units.models import User
from units.standing import Standing, standing

Sides = list[tuple[int, int]]


def office_sides(who: Standing) -> Sides:
    """(plan, jurisdiction) pairs of the offices in which the person is."""
    return [(plan, side) for plan, side, office in _plan_sides(who) if office in who.offices]


def coordinated_sides(who: Standing) -> Sides:
    """Those of them for which the person acts."""
    return [(plan, side) for plan, side, office in _plan_sides(who) if office in who.coordinates]


def _plan_sides(who: Standing) -> list[tuple[int, int, int]]:
    """(plan, jurisdiction, office) of the person's offices.

    Read once and kept with the standing, which lives as long as the request's user.
    """
    if not who.offices:
        return []
    kept: dict[str, Any] = who.__dict__
    if "plan_sides" not in kept:
        rows = PlanSide.objects.filter(office__in=who.offices)
        kept["plan_sides"] = list(rows.values_list("plan_id", "jurisdiction_id", "office_id"))
    sides: list[tuple[int, int, int]] = kept["plan_sides"]
    return sides


def forget_sides(user: User) -> None:
    """Sides of plans have changed: read the person's again."""
    standing(user).__dict__.pop("plan_sides", None)


def on_sides(sides: Sides, plan: str, side: str) -> Q:
    """Condition on rows: `plan` and `side` name the fields in which theirs stand."""
    condition = Q(pk__in=[])
    for one, jurisdiction in sides:
        condition |= Q(**{plan: one, side: jurisdiction})
    return condition
