"""Two at once through the pages, each with a connection of its own: one wins, one is told."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import Evidence, ProgressReport, SavedView
from tasks.services import evidence
from tasks.states import ReportState
from tests.at_once import at_once
from tests.factories import NOW, ProgressReportFactory, coordinator, officer
from tests.tasks.evidence.files import upload
from tests.tasks.views.conftest import World
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
ROUNDS = 3


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def verbs(verb: str) -> int:
    return AuditEntry.objects.filter(verb=verb).count()


def filled(text: str, action: str) -> dict[str, str]:
    return {"percent": "50", "progress": text, "version": "0", "action": action}


@pytest.mark.parametrize("same_person", [True, False])
def test_two_submit_one_report(world: World, same_person: bool) -> None:
    other = world.lead if same_person else officer(world.side.unit)
    address = reverse("tasks:report", args=[world.side.pk, "2026Q3"])
    for round_ in range(1, ROUNDS + 1):
        ProgressReport.objects.all().delete()
        first, second = browser_of(world.lead), browser_of(other)
        answers = at_once(
            lambda: first.post(address, filled("甲写的。", "submit")),  # noqa: B023
            lambda: second.post(address, filled("乙写的。", "submit")),  # noqa: B023
        )
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        assert (won.status_code, lost.status_code) == (302, 422)
        assert "本季度进展待审核，不能修改。" in lost.text
        report = ProgressReport.objects.get()
        assert (report.state, report.version) == (ReportState.SUBMITTED, 1)
        mine = "甲写的。" if lost is answers[0] else "乙写的。"
        assert report.progress != mine
        assert mine in lost.text
        assert verbs("report.submit") == round_


def test_two_save_one_draft(world: World) -> None:
    address = reverse("tasks:report", args=[world.side.pk, "2026Q3"])
    first, second = browser_of(world.lead), browser_of(officer(world.side.unit, name="李某"))
    answers = at_once(
        lambda: first.post(address, filled("甲写的。", "save")),
        lambda: second.post(address, filled("乙写的。", "save")),
    )
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (302, 409)
    assert "对方已改" in lost.text
    assert "甲写的。" in lost.text
    assert "乙写的。" in lost.text
    assert ProgressReport.objects.get().version == 1
    assert verbs("report.save") == 1


@pytest.mark.parametrize("second_verb", ["approve", "return"])
def test_two_judge_one_report(world: World, second_verb: str) -> None:
    office = world.plan.sides.get(jurisdiction=world.side.side).office
    colleague = coordinator(office)
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True, percent=62
    )
    for _n in range(ROUNDS):
        ProgressReport.objects.update(state=ReportState.SUBMITTED, reviewed_by=None)
        report.refresh_from_db()
        before = verbs("report.approve") + verbs("report.return")
        data = {"version": str(report.version), "reason": "请补充。"}
        addresses = [
            reverse(f"tasks:{verb}", args=[report.pk]) for verb in ("approve", second_verb)
        ]
        browsers = [browser_of(world.office), browser_of(colleague)]
        answers = at_once(
            lambda: browsers[0].post(addresses[0], data, follow=True),  # noqa: B023
            lambda: browsers[1].post(addresses[1], data, follow=True),  # noqa: B023
        )
        told = [answer.text for answer in answers]
        won = [("已审核通过：" in text) or ("已退回重庆市能源局" in text) for text in told]
        assert sorted(won) == [False, True]
        lost = told[won.index(False)]
        assert "当前状态为“" in lost or "这份进展已有变化，没有作出处理" in lost
        assert verbs("report.approve") + verbs("report.return") == before + 1
        after = ProgressReport.objects.get()
        assert after.version == report.version + 1
        assert after.reviewed_by == (world.office if won[0] else colleague)


def test_two_take_one_file_away(world: World, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    report = ProgressReportFactory(responsibility=world.side)
    for round_ in range(1, ROUNDS + 1):
        row = evidence.attach(report, upload(), by=world.lead, now=NOW)
        address = reverse("api:evidence-detail", args=[row.pk])
        first, second = browser_of(world.lead), browser_of(officer(world.side.unit))
        answers = at_once(lambda: first.delete(address), lambda: second.delete(address))  # noqa: B023
        assert {answer.status_code for answer in answers} <= {204, 404}
        assert not Evidence.objects.exists()
        assert verbs("evidence.detach") == round_


def test_two_of_one_persons_views_at_once(world: World) -> None:
    first, second = browser_of(world.stranger), browser_of(world.stranger)
    new = {"page": "tasks:overdue", "query": "kind=task", "name": "本单位"}
    for _round in range(ROUNDS):
        answers = at_once(
            lambda: first.post("/saved-views/", new), lambda: second.post("/saved-views/", new)
        )
        assert [answer.status_code for answer in answers] == [302, 302]
        address = f"/saved-views/{SavedView.objects.get().pk}/delete/"
        answers = at_once(lambda: first.post(address), lambda: second.post(address))  # noqa: B023
        assert {answer.status_code for answer in answers} <= {302, 404}
        assert not SavedView.objects.exists()
