"""Ends of sides, and what became of them."""

import factory
from factory.django import DjangoModelFactory

from tasks.models import Assessment, Ending, Responsibility
from tasks.states import STATE_OF_ENDING, EndingKind, EndingState, Outcome, TaskState
from tests.factories.days import NOW
from tests.factories.tasks import ResponsibilityFactory
from tests.factories.units import UserFactory, officer


class EndingFactory(DjangoModelFactory[Ending]):
    """A claim of 办结 by the lead that waits; `accepted=True` for one in force.

    The side is moved to where such an ending leaves it.
    """

    class Meta:
        model = Ending
        skip_postgeneration_save = True

    class Params:
        accepted = factory.Trait(
            state=EndingState.ACCEPTED,
            decided_by=factory.SubFactory(UserFactory),
            decided_at=NOW,
        )

    responsibility = factory.SubFactory(ResponsibilityFactory)
    kind = EndingKind.COMPLETED
    reason = "项目已投产。"
    percent = 100
    claimed_by = factory.LazyAttribute(lambda o: officer(o.responsibility.unit))
    claimed_at = NOW

    @factory.post_generation
    def _move_side(self: Ending, create: bool, _given: object, **_more: object) -> None:
        to = None
        if self.state == EndingState.ACCEPTED:
            to = STATE_OF_ENDING[EndingKind(self.kind)]
        elif self.state == EndingState.CLAIMED and self.kind == EndingKind.COMPLETED:
            to = TaskState.COMPLETED
        if create and to is not None:
            side = Responsibility.objects.filter(pk=self.responsibility_id)
            side.update(state=to, state_since=NOW.date())
            self.responsibility.state = to


class AssessmentFactory(DjangoModelFactory[Assessment]):
    """完成."""

    class Meta:
        model = Assessment

    responsibility = factory.SubFactory(ResponsibilityFactory)
    outcome = Outcome.REACHED
    reason = "目标任务全部完成。"
    assessed_by = factory.SubFactory(UserFactory)
    assessed_at = NOW
