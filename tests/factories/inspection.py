"""Findings, samples and saved views."""

import datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from tasks.models import Finding, FindingStep, Sample, SampleRow, SavedView
from tasks.states import FindingState, FindingStepKind, OfficeAnswer
from tests.factories.days import NOW
from tests.factories.tasks import ResponsibilityFactory
from tests.factories.units import JurisdictionFactory, UserFactory


class FindingFactory(DjangoModelFactory[Finding]):
    """Issued on the day of the tests, to be put right by December; with its first step."""

    class Meta:
        model = Finding
        skip_postgeneration_save = True

    class Params:
        overdue = factory.Trait(due_on=datetime.date(2026, 11, 13))
        proposing = factory.Trait(
            proposes_revoking=True,
            office_due_on=datetime.date(2026, 11, 27),
            office_answer=OfficeAnswer.WAITING,
        )
        contested = factory.Trait(state=FindingState.CONTESTED)
        answered = factory.Trait(state=FindingState.ANSWERED)
        withdrawn = factory.Trait(state=FindingState.WITHDRAWN)

    responsibility = factory.SubFactory(ResponsibilityFactory)
    year = 2026
    number = factory.LazyAttribute(lambda o: Finding.objects.filter(year=o.year).count() + 1)
    problem = "现场核查与填报不符。"
    demand = "请补齐佐证材料。"
    first_due_on = datetime.date(2026, 12, 4)
    due_on = factory.SelfAttribute("first_due_on")
    issued_by = factory.SubFactory(UserFactory)
    issued_at = NOW

    @factory.post_generation
    def first_step(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            FindingStep.objects.create(
                finding=self,
                kind=FindingStepKind.ISSUE,
                text=self.demand,
                due_on=self.first_due_on,
                by=self.issued_by,
                at=self.issued_at,
            )


class SampleFactory(DjangoModelFactory[Sample]):
    """A sample of 重庆市 without rows."""

    class Meta:
        model = Sample

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    size = 1
    base = factory.LazyFunction(lambda: [1])
    seed = "0123456789abcdef"
    drawn_by = factory.SubFactory(UserFactory)
    drawn_at = NOW


class SampleRowFactory(DjangoModelFactory[SampleRow]):
    class Meta:
        model = SampleRow

    sample = factory.SubFactory(SampleFactory)
    order = factory.LazyAttribute(lambda o: o.sample.rows.count() + 1)
    responsibility = factory.SubFactory(ResponsibilityFactory, closed=True)


class SavedViewFactory(DjangoModelFactory[SavedView]):
    class Meta:
        model = SavedView

    person = factory.SubFactory(UserFactory)
    page = "tasks:overdue"
    name = factory.Sequence(lambda n: f"视图{n}")
    query = "kind=expired"
