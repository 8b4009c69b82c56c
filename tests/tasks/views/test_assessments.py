"""终期评估, through the browser's door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tasks.models import Assessment
from tests.factories import AssessmentFactory, ResponsibilityFactory, TaskFactory
from tests.tasks.views.conftest import World, words
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


def address(world: World) -> str:
    return f"/plans/{world.plan.code}/assessment/"


def line(pk: int, outcome: str, reason: str, version: int = 0) -> dict[str, Any]:
    said = {"outcome": outcome, "reason": reason, "version": version}
    return {f"side-{pk}-{name}": value for name, value in said.items()}


def test_an_office_judges_its_own_side(world: World, as_: Browser) -> None:
    page = as_(world.office)
    shown = page.get(address(world))
    assert f"side-{world.side.pk}-outcome" in shown.text
    assert f"side-{world.other_side.pk}-outcome" not in shown.text
    assert "已评估0／1项" in words(shown.text)
    sent = line(world.side.pk, "partly", "尚有余项。")
    done = page.post(address(world), sent, follow=True)
    assert "已保存1项评估" in done.text
    assert "评估完毕" in done.text
    row = Assessment.objects.get()
    assert (row.responsibility, row.outcome, row.assessed_by) == (
        world.side,
        "partly",
        world.office,
    )
    assert AuditEntry.objects.filter(verb="assessment.save").count() == 1


def test_the_other_sides_line_is_not_written(world: World, as_: Browser) -> None:
    sent = line(world.other_side.pk, "reached", "完成。")
    as_(world.office).post(address(world), sent)
    assert not Assessment.objects.exists()


def test_wrong_lines_save_nothing(world: World, as_: Browser) -> None:
    second = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    sent = line(world.side.pk, "reached", "完成。") | line(second.pk, "not", " ")
    answer = as_(world.office).post(address(world), sent)
    assert answer.status_code == 422
    assert "请写明评估说明" in answer.text
    assert not Assessment.objects.exists()


def test_the_second_office_person_is_told(world: World, as_: Browser) -> None:
    AssessmentFactory(responsibility=world.side)
    stale = line(world.side.pk, "not", "未完成。", version=0)
    answer = as_(world.office).post(address(world), stale)
    assert answer.status_code == 422
    assert "对方已改" in answer.text
    assert Assessment.objects.get().outcome == "reached"


def test_what_did_not_change_stays(world: World, as_: Browser) -> None:
    row = AssessmentFactory(responsibility=world.side)
    same = line(world.side.pk, row.outcome, row.reason, row.version)
    as_(world.office).post(address(world), same)
    row.refresh_from_db()
    assert row.version == 1


def test_a_line_that_was_not_sent_stays(world: World, as_: Browser) -> None:
    first = AssessmentFactory(responsibility=world.side)
    second = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    as_(world.office).post(address(world), line(second.pk, "reached", "完成。"))
    assert set(Assessment.objects.values_list("version", "responsibility")) == {
        (1, first.responsibility_id),
        (1, second.pk),
    }


@pytest.mark.parametrize("who", ["lead", "other_lead", "cooperating", "auditor", "other_office"])
def test_parties_read(world: World, as_: Browser, who: str) -> None:
    AssessmentFactory(responsibility=world.side, reason="只有各方可读。")
    assert "只有各方可读。" in as_(getattr(world, who)).get(address(world)).text


def test_strangers_do_not(world: World, as_: Browser) -> None:
    assert as_(world.stranger).get(address(world)).status_code == 404
