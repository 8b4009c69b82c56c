"""Whether targets are reached, in SQL: the rules of attainment.py for sets of rows."""

import datetime
from typing import Any

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Abs, Coalesce, ExtractYear, NullIf

from tasks.models.attainment import (
    ABOUT_TOLERANCE,
    BASES,
    CLASS_OPERATORS,
    LADDER,
    LEAN,
    OVER_WORDS,
    RISING,
    UNDER_WORDS,
)
from tasks.models.observations import Observation
from tasks.states import Attained, Basis, Operator, TargetKind

NUMBER = models.DecimalField(max_digits=20, decimal_places=5)
COUNT = models.IntegerField()
WORDS = models.CharField()


def with_attainment(targets: Any, today: datetime.date) -> Any:
    """Targets with `attained` (a value of `Attained`) and `observed` (an observation or null)."""
    judged = ExpressionWrapper(_JUDGED, output_field=models.BooleanField())
    rows = _to_compare(targets).annotate(judged=judged)
    seen = Subquery(_fitting(today).values("pk")[:1])
    rows = rows.annotate(observed=Case(When(judged=True, then=seen), default=None))
    good = Exists(_beside_target().filter(_HOLDS, pk=OuterRef("observed")))
    return rows.annotate(
        attained=Case(
            When(observed=None, then=Value(Attained.NO_DATA.value)),
            When(good, then=Value(Attained.ATTAINED.value)),
            default=Value(Attained.MISSED.value),
        )
    )


def without_value(targets: Any, today: datetime.date) -> Any:
    """Targets to be judged by figures against which nothing can be held."""
    fitting = _fitting(today).order_by()
    return _to_compare(targets).filter(_JUDGED).filter(~Exists(fitting))


def _to_compare(targets: Any) -> Any:
    """Targets with what `_beside_target` asks of them."""
    slack = Abs("value") * Value(ABOUT_TOLERANCE)
    return placed(targets).annotate(rung=_rung("category"), slack=slack)


def placed(targets: Any) -> Any:
    """Targets with `where_named` and `where_coded`: the plan's place where they name none."""
    return targets.annotate(where_named=_place_named(), where_coded=_place_coded())


def _place_named() -> Coalesce:
    return Coalesce(
        NullIf("place_name", Value("")),
        "place__name",
        "plan__jurisdiction__name",
        "plan__region__name",
        Value(""),
    )


def _place_coded() -> Case:
    plans = Q(place_name="", place=None)
    return Case(When(plans, then=F("plan__jurisdiction")), default=F("place"))


def _rung(field: str) -> Case:
    whens = [When(**{f"{field}__in": rung}, then=Value(at)) for at, rung in enumerate(LADDER)]
    return Case(*whens, default=None, output_field=COUNT)


_IN_NUMBERS = Q(value__isnull=False) & (~Q(operator=Operator.BETWEEN) | Q(value_max__isnull=False))
_IN_CLASSES = Q(value=None, operator__in=CLASS_OPERATORS) & ~Q(category="")
_JUDGED = ~Q(operator=Operator.WORDS) & (_IN_NUMBERS | _IN_CLASSES)
_WHOLE_YEAR = Q(
    starts_on__month=1,
    starts_on__day=1,
    ends_on__month=12,
    ends_on__day=31,
    starts_on__year=ExtractYear("ends_on"),
)
_HOLDS = (
    Q(t_value=None, t_operator=Operator.EXACTLY) & (Q(rung=F("t_rung")) | Q(category=F("t_class")))
    | Q(t_value=None) & ~Q(t_operator=Operator.EXACTLY) & Q(rung__lte=F("t_rung"))
    | Q(t_value=None, category=F("t_class"))
    | Q(t_operator__in=RISING, leaning__gte=F("t_value"))
    | Q(t_operator=Operator.AT_MOST, leaning__lte=F("t_value"))
    | Q(t_operator=Operator.EXACTLY, leaning=F("t_value"))
    | Q(
        t_operator=Operator.ABOUT,
        value__gte=F("t_value") - F("t_slack"),
        value__lte=F("t_value") + F("t_slack"),
    )
    | Q(t_operator=Operator.BETWEEN, leaning__gte=F("t_value"), leaning__lte=F("t_max"))
)


_BOTH_ON_LADDER = Q(rung__isnull=False, t_rung__isnull=False)
_FITS = (
    (Q(place=None) | Q(t_place=None) | Q(place=F("t_place")))
    & (Q(t_value=None, value=None) | Q(t_value__isnull=False, value__isnull=False))
    & (Q(t_value__isnull=False) | Q(category=F("t_class")) | _BOTH_ON_LADDER)
    & ~Q(basis=Basis.FORECAST)
    & (Q(t_basis="") | Q(basis=F("t_basis")))
    & (~Q(basis=Basis.PERIOD) | Q(t_kind=TargetKind.FREQUENCY) | _WHOLE_YEAR)
    & (Q(t_base=None) | Q(until__year__gt=F("t_base")))
    & (
        Q(t_year=None)
        | Q(until__year__lt=F("t_year"))
        | Q(until__year=F("t_year")) & ~Q(t_operator=Operator.BEFORE)
    )
)


def _targets(name: str, kind: "models.Field[Any, Any]") -> Any:
    """A value of the target of the outer query, to be compared with."""
    return ExpressionWrapper(OuterRef(name), output_field=kind)


def _beside_target() -> Any:
    """Observations with what is to be known of the target of the outer query (`t_…`)."""
    leaning = Case(
        When(comparator__in=OVER_WORDS, then=F("value") + Value(LEAN)),
        When(comparator__in=UNDER_WORDS, then=F("value") - Value(LEAN)),
        default=F("value"),
        output_field=NUMBER,
    )
    return Observation.objects.with_until().annotate(
        named=Coalesce(NullIf("place_name", Value("")), "place__name", Value("")),
        rung=_rung("category"),
        leaning=leaning,
        t_place=_targets("where_coded", COUNT),
        t_year=_targets("year", COUNT),
        t_base=_targets("baseline_year", COUNT),
        t_basis=_targets("basis", WORDS),
        t_kind=_targets("kind", WORDS),
        t_operator=_targets("operator", WORDS),
        t_value=_targets("value", NUMBER),
        t_max=_targets("value_max", NUMBER),
        t_class=_targets("category", WORDS),
        t_rung=_targets("rung", COUNT),
        t_slack=_targets("slack", NUMBER),
    )


def _fitting(today: datetime.date) -> Any:
    """Observations that fit the target of the outer query, the one that counts first."""
    preference = Case(*[When(basis=basis, then=Value(at)) for at, basis in enumerate(BASES)])
    return (
        _beside_target()
        .standing(today)
        .filter(_FITS, indicator=OuterRef("indicator"), named=OuterRef("where_named"))
        .filter(until__lte=today)
        .exclude(named="")
        .order_by("-until", preference, "-pk")
    )
