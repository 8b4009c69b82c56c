"""Milestones and extensions."""

import datetime

import factory
from factory.django import DjangoModelFactory

from tasks.models import Extension, Milestone
from tasks.states import ExtensionState, MilestoneState
from tests.factories.days import NOW
from tests.factories.tasks import ResponsibilityFactory
from tests.factories.units import UserFactory


class MilestoneFactory(DjangoModelFactory[Milestone]):
    """A confirmed one of 50 percent; each of a side a quarter after the last, from 2026-12-31."""

    class Meta:
        model = Milestone

    responsibility = factory.SubFactory(ResponsibilityFactory)
    due_on = factory.LazyAttribute(
        lambda o: (
            datetime.date(2026, 12, 31)
            + datetime.timedelta(days=90 * o.responsibility.milestones.count())
        )
    )
    title = "完成可行性研究"
    percent = 50
    state = MilestoneState.CONFIRMED
    proposed_at = NOW


class ExtensionFactory(DjangoModelFactory[Extension]):
    """Asked for the plan's own date, half a year later."""

    class Meta:
        model = Extension

    class Params:
        granted = factory.Trait(
            state=ExtensionState.GRANTED,
            granted_due=factory.SelfAttribute("new_due"),
            decided_by=factory.SubFactory(UserFactory),
            decided_at=NOW,
            approving_body="重庆市人民政府",
            approval_number="渝府〔2026〕9号",
        )

    responsibility = factory.SubFactory(ResponsibilityFactory)
    from_due = factory.LazyAttribute(lambda o: o.responsibility.due_on_in_force)
    from_plans = factory.LazyAttribute(lambda o: o.responsibility.due_is_plans)
    new_due = factory.LazyAttribute(lambda o: o.from_due + datetime.timedelta(days=181))
    reason = "用地尚未批准。"
    asked_by = factory.SubFactory(UserFactory)
    asked_at = NOW
