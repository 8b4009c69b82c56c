"""What offices have sent to units by hand, and their calls."""

import datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from tasks.models import PhoneCall, Responsibility, Urge, UrgeItem, UrgeUnit
from tasks.states import UrgeKind, UrgeState
from tests.factories.days import NOW
from tests.factories.units import OfficeFactory, UnitFactory, UserFactory


def thing(side: Responsibility) -> dict[str, Any]:
    """That a side is past its date, as it is kept."""
    task = side.task
    return {
        "kind": "overdue",
        "subject": f"task/{side.pk}",
        "due_on": side.due_on_in_force,
        "responsibility": side,
        "params": {
            "task": task.title,
            "task_id": task.pk,
            "number": task.number,
            "plan": task.plan.name,
            "what": "",
            "days": 5,
        },
    }


class UrgeFactory(DjangoModelFactory[Urge]):
    """Sent on the day of the tests, to be answered in a week; without units."""

    class Meta:
        model = Urge

    office = factory.SubFactory(OfficeFactory)
    year = 2026
    number = factory.LazyAttribute(lambda o: Urge.objects.filter(office=o.office).count() + 1)
    made_by = factory.SubFactory(UserFactory)
    made_at = NOW
    answer_by = datetime.date(2026, 11, 27)


class UrgeUnitFactory(DjangoModelFactory[UrgeUnit]):
    """A unit's part; `about` is the side of which a thing is late."""

    class Meta:
        model = UrgeUnit
        skip_postgeneration_save = True

    class Params:
        signed = factory.Trait(
            state=UrgeState.SIGNED, signed_at=NOW, signed_by=factory.SubFactory(UserFactory)
        )

    urge = factory.SubFactory(UrgeFactory)
    unit = factory.SubFactory(UnitFactory)
    kind = UrgeKind.URGE

    @factory.post_generation
    def about(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not None:
            UrgeItem.objects.create(part=self, **thing(extracted))


class PhoneCallFactory(DjangoModelFactory[PhoneCall]):
    class Meta:
        model = PhoneCall

    office = factory.SubFactory(OfficeFactory)
    unit = factory.SubFactory(UnitFactory)
    kind = "overdue"
    subject = factory.Sequence(lambda n: f"task/{900_000 + n}")
    due_on = datetime.date(2026, 11, 13)
    params = factory.LazyFunction(
        lambda: {
            "task": "协同开发油气资源",
            "task_id": 1,
            "number": 1,
            "plan": "联合行动方案",
            "what": "",
            "days": 5,
        }
    )
    line = "已告知。"
    made_by = factory.SubFactory(UserFactory)
    made_at = NOW
