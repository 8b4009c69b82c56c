"""Indicators, targets, observations and notices."""

import datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from tasks.models import Indicator, Notice, Observation, Target
from tasks.states import Basis, ObservationState, Operator, TargetKind
from tests.factories.days import TODAY
from tests.factories.tasks import PlanFactory, TaskFactory
from tests.factories.units import (
    DocumentFactory,
    JurisdictionFactory,
    OfficeFactory,
    UnitFactory,
    UserFactory,
)
from units.states import DocumentKind


class IndicatorFactory(DjangoModelFactory[Indicator]):
    class Meta:
        model = Indicator

    name = factory.Sequence(lambda n: f"第{n}项指标")
    measure = "%"


class TargetFactory(DjangoModelFactory[Target]):
    """16 % by 2025 against 2020."""

    class Meta:
        model = Target

    class Params:
        in_words = factory.Trait(
            kind=TargetKind.QUALITATIVE, operator=Operator.WORDS, value=None, words="明显改善"
        )
        in_range = factory.Trait(operator=Operator.BETWEEN, value=Decimal(2), value_max=Decimal(3))

    plan = factory.SubFactory(PlanFactory)
    order = factory.LazyAttribute(lambda o: o.plan.targets.count() + 1)
    indicator = factory.SubFactory(IndicatorFactory)
    kind = TargetKind.QUANTIFIED
    operator = Operator.REACH
    comparator = "达到"
    value = Decimal(16)
    year = 2025
    baseline_year = 2020
    place = factory.SubFactory(JurisdictionFactory)
    document = factory.SelfAttribute("plan.document")


class ObservationFactory(DjangoModelFactory[Observation]):
    """A loaded figure; `entered=True` for a draft of an office or, if given, of a unit."""

    class Meta:
        model = Observation

    class Params:
        entered = factory.Trait(
            document=None,
            target=factory.SubFactory(TargetFactory),
            indicator=factory.SelfAttribute("target.indicator"),
            place=factory.SelfAttribute("target.place"),
            side=factory.SubFactory(JurisdictionFactory),
            unit=None,
            office=factory.Maybe("unit", None, factory.SubFactory(OfficeFactory)),
            filled_by=factory.SubFactory(UserFactory),
            source_words="统计年鉴",
            state=ObservationState.DRAFT,
        )

    document = factory.SubFactory(DocumentFactory, kind=DocumentKind.REPORT)
    order = factory.LazyAttribute(
        lambda o: o.document.observation_set.count() + 1 if o.document else 0
    )
    indicator = factory.SubFactory(IndicatorFactory)
    value = Decimal("98.6")
    basis = Basis.CUMULATIVE
    period_text = "2024年上半年"
    starts_on = datetime.date(2024, 1, 1)
    ends_on = datetime.date(2024, 6, 30)
    place = factory.SubFactory(JurisdictionFactory)


def _params(row: Any) -> dict[str, Any]:
    """What the rules' sentences need."""
    return {
        "side": 0,
        "unit": row.unit.name if row.unit else "",
        "central": False,
        "plan": row.task.plan.name if row.task else "",
        "task": row.task.title if row.task else "",
        "number": row.task.number if row.task else 0,
        "quarter": "2026Q3",
        "days": 0,
        "verb": "report.edit",
        "plans": False,
    }


class NoticeFactory(DjangoModelFactory[Notice]):
    """An unread notice that a report is due."""

    class Meta:
        model = Notice

    rule = "report_due"
    recipient = factory.SubFactory(UserFactory)
    task = factory.SubFactory(TaskFactory)
    unit = factory.SubFactory(UnitFactory)
    subject = factory.Sequence(lambda n: f"report/{n}/2026Q3")
    due_on = datetime.date(2026, 11, 25)
    step = -3
    params = factory.LazyAttribute(_params)
    made_on = TODAY
