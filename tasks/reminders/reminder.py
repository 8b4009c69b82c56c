"""What a rule is: of which subjects, at which steps, to the holders of which verbs, what."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tasks.models import Notice
from tasks.reminders import paths
from tasks.reminders.day import Rows
from tasks.reminders.paths import Path
from tasks.reminders.steps import Reached, reached, reached_since
from tasks.reminders.when import When, always
from tasks.services.reminder_settings import RuleSteps

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

OFFICER, SIGNER, OFFICE = "report.edit", "report.sign", "report.review"
HELPER, COUNTER = "contribution.edit", "observation.enter"

Word = Callable[[datetime.date], Rows]


@dataclass(frozen=True)
class Reminder:
    """What is told of which subjects, at which steps, to the holders of which verbs.

    `subjects` is a word of day.py or owed.py, which rules of one word read together; `when` says at
    which dates it is this rule's. `steps` are working days before and after the due date, `repeat`
    goes on from the last one; `tell` gives the verb whose holders are told from a step on; each
    person is told once. `at_once` tells on the day on which it arose, too. `form` is where those
    who are told first do what is asked, `page` what the others are shown. `on` says whether a plan
    has it unless its office sets it otherwise.
    """

    key: str
    name: "StrPromise"
    subjects: Word
    steps: tuple[int, ...]
    tell: Mapping[int, str]
    sentence: Callable[[Notice], str]
    form: Path
    page: Path = paths.TASK
    repeat: int = 0
    at_once: bool = False
    on: bool = True
    when: When = always

    @cached_property
    def verbs(self) -> tuple[str, ...]:
        """Whose holders are told, nearest first."""
        return tuple(verb for _step, verb in sorted(self.tell.items()))

    @cached_property
    def own_steps(self) -> RuleSteps:
        """As declared here: what holds in a plan that says nothing."""
        further = {verb: step for step, verb in sorted(self.tell.items())[1:]}
        return RuleSteps(self.on, self.steps, self.repeat, further)

    def reached(
        self, steps: RuleSteps, since: datetime.date, due_on: datetime.date, today: datetime.date
    ) -> Reached | None:
        """The latest step whose day has come, by a plan's steps."""
        if self.at_once:
            return reached_since(since, due_on, steps.steps, steps.repeat, today)
        return reached(due_on, steps.steps, steps.repeat, today)

    def told_at(self, steps: RuleSteps, step: int) -> int:
        """The holders of how many of `verbs` are told at the step."""
        further = (steps.tell[verb] <= step for verb in self.verbs[1:])
        return 1 + sum(further)

    def path(self, rank: int) -> str:
        """Where those who are told at this place of `verbs` are led, with words to put in."""
        return (self.page if rank else self.form).template()
