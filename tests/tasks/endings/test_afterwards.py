"""Ends that were claimed: who reads them, how they are taken back, what they leave behind."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks import policy
from tasks.models import Ending, Notice
from tasks.services import endings
from tasks.services.ending_rules import Claim, later_tasks
from tasks.states import EndingKind, EndingState, TaskState
from tests.factories import (
    NOW,
    JurisdictionFactory,
    NoticeFactory,
    PlanFactory,
    PlanSideFactory,
    TaskFactory,
    officer,
)
from tests.tasks.endings.conftest import DONE, Cast, accept, claim, entry_of, state
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove
from units.models import User

pytestmark = pytest.mark.django_db


def test_who_reads_a_claim(cast: Cast) -> None:
    ending = claim(cast)
    close = {cast.lead, cast.office, cast.colleague, cast.auditor}
    assert _readers(cast, ending) == close
    accept(ending, cast.office)
    assert _readers(cast, ending) == close | {cast.other_lead, cast.other_office}


def _readers(cast: Cast, ending: Ending) -> set[User]:
    people = [value for value in vars(cast).values() if isinstance(value, User)]
    fresh = [User.objects.get(pk=one.pk) for one in people]
    return {one for one in fresh if policy.can(one, "ending.view", ending)}


def test_a_claim_is_taken_back(cast: Cast) -> None:
    ending = claim(cast)
    with pytest.raises(PermissionDenied):
        endings.withdraw(ending, by=cast.office, now=NOW)
    colleague = officer(cast.side.unit)
    endings.withdraw(ending, by=colleague, now=NOW)
    assert state(cast.side) == TaskState.IN_PROGRESS
    with pytest.raises(IllegalMove):
        accept(ending, cast.office)


@pytest.mark.parametrize("kind", list(EndingKind))
def test_an_end_is_revoked(cast: Cast, kind: EndingKind) -> None:
    entry = DONE if kind == EndingKind.COMPLETED else entry_of(cast, kind)
    ending = accept(claim(cast, entry), cast.office)
    with pytest.raises(ValidationError):
        endings.revoke(ending, reason="", by=cast.office, now=NOW)
    with pytest.raises(PermissionDenied):
        endings.revoke(ending, reason="复查不合格。", by=cast.lead, now=NOW)
    endings.revoke(ending, reason="复查不合格。", by=cast.office, now=NOW)
    ending.refresh_from_db()
    assert (state(cast.side), ending.state) == (TaskState.IN_PROGRESS, EndingState.REVOKED)
    assert ending.revoke_reason == "复查不合格。"


def test_the_second_is_told(cast: Cast) -> None:
    seen = claim(cast)
    Ending.objects.filter(pk=seen.pk).update(version=seen.version + 1)
    with pytest.raises(Stale):
        accept(seen, cast.office)
    assert state(cast.side) == TaskState.COMPLETED


def test_nothing_is_due_any_more(cast: Cast) -> None:
    side, later = cast.side.pk, cast.other.pk
    subjects = [f"task/{side}", f"report/{side}/2026Q3", f"assignment/{side}", f"task/{later}"]
    for subject in subjects:
        NoticeFactory(subject=subject, task=cast.task)
    ending = claim(cast)
    assert _settled() == [f"task/{side}"]
    accept(ending, cast.office)
    assert sorted(_settled()) == sorted(subjects[:3])


def _settled() -> list[str]:
    return list(Notice.objects.filter(settled=True).values_list("subject", flat=True))


def test_only_tasks_of_later_issued_plans_take_it_over(cast: Cast) -> None:
    PlanFactory(draft=True)
    same = TaskFactory(plan=cast.task.plan)
    district = PlanFactory(starts_on=datetime.date(2031, 1, 1), ends_on=datetime.date(2035, 12, 31))
    PlanSideFactory(plan=district, jurisdiction=JurisdictionFactory(jiangjin=True))
    below = TaskFactory(plan=district)
    earlier = TaskFactory(plan=PlanFactory(starts_on=datetime.date(2019, 1, 1), ended=True))
    assert list(later_tasks(cast.side)) == [cast.later]
    for task in (same, earlier, below, None):
        with pytest.raises(ValidationError) as caught:
            claim(cast, Claim(EndingKind.CARRIED, "结转。", carried_to=task))
        assert list(caught.value.message_dict) == ["carried_to"]
    ending = accept(claim(cast, entry_of(cast, EndingKind.CARRIED)), cast.office)
    assert endings.carried_from(cast.later) == [ending]
