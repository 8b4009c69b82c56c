"""A finding is told at once, before its day and after it, and to more people the later it is."""

import datetime
from typing import Any

import pytest

from tasks.models import Finding, Notice
from tasks.reminders import rules
from tasks.reminders.wanted import still_wanted
from tasks.services import findings
from tasks.states import FindingStepKind
from tests.factories import FindingFactory, inspector
from tests.factories.units import JurisdictionFactory
from tests.tasks.reminders.conftest import Scene, at, run

D = datetime.date
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


@pytest.fixture
def finding(scene: Scene) -> Finding:
    """Issued on Thursday 29 October, to be put right by 12 November."""
    scene.plan.periods.all().delete()
    row: Finding = FindingFactory(
        responsibility=scene.side, first_due_on=D(2026, 11, 12), issued_at=at(D(2026, 10, 29))
    )
    return row


def test_told_at_once_and_after_its_day_to_signer_and_office(finding: Finding) -> None:
    assert run(D(2026, 10, 29)) == {("finding_due", "填报员", -10)}
    notice = Notice.objects.get()
    assert notice.path == f"/findings/{finding.pk}/"
    assert run(D(2026, 11, 12)) == {("finding_due", "填报员", 0)}
    assert run(D(2026, 11, 13)) == {("finding_due", "填报员", 1)}
    assert run(D(2026, 11, 17)) == {("finding_due", name, 3) for name in ("填报员", "审签员")}
    everyone = {("finding_due", name, 7) for name in ("填报员", "审签员", "协调员")}
    assert run(D(2026, 11, 23)) == everyone


def test_the_office_is_told_of_a_proposal_until_it_has_answered(scene: Scene) -> None:
    scene.plan.periods.all().delete()
    row: Finding = FindingFactory(
        responsibility=scene.side,
        first_due_on=D(2026, 12, 31),
        due_on=D(2026, 12, 31),
        issued_at=at(D(2026, 10, 29)),
        proposes_revoking=True,
        office_due_on=D(2026, 11, 5),
        office_answer="waiting",
    )
    told = {who for who in run(D(2026, 10, 29)) if who[0] == "proposal_due"}
    assert told == {("proposal_due", "协调员", -5)}
    notice = Notice.objects.get(rule="proposal_due")
    assert notice.path == f"/findings/{row.pk}/"
    assert "请于11月5日前答复" in rules.sentence(notice)
    assert ("proposal_due", "协调员", 1) in run(D(2026, 11, 6))
    late = Notice.objects.get(rule="proposal_due", step=1)
    assert "应于2026年11月5日前答复，已超过1个工作日" in rules.sentence(late)
    assert still_wanted([late], D(2026, 11, 6)) == {late.pk}
    findings.answer_proposal(
        row,
        agrees=False,
        text="材料已补。",
        version=1,
        by=scene.coordinator,
        now=at(D(2026, 11, 9)),
    )
    late.refresh_from_db()
    assert late.settled
    assert not {who for who in run(D(2026, 11, 12)) if who[0] == "proposal_due"}


def test_an_answer_settles_it_and_giving_back_begins_anew(finding: Finding, scene: Scene) -> None:
    run(D(2026, 10, 29))
    now = at(D(2026, 11, 3))
    said: dict[str, Any] = {"text": "已补齐。", "version": 1, "by": scene.officer, "now": now}
    findings.act(finding, FindingStepKind.ANSWER, **said)
    assert Notice.objects.get().settled
    assert run(D(2026, 11, 13)) == set()
    findings.act(
        finding,
        FindingStepKind.REJECT,
        text="不全。",
        version=2,
        by=inspector(JurisdictionFactory()),
        now=at(D(2026, 11, 16)),
        due_on=D(2026, 11, 23),
    )
    assert run(D(2026, 11, 16)) == {("finding_due", "填报员", -5)}
    assert Notice.objects.get(due_on=D(2026, 11, 23)).settled is False
