"""佐证材料 that comes with a claim, a request or a step: shown with it, or nothing is done."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tasks.models import (
    Contribution,
    Ending,
    Evidence,
    Extension,
    Finding,
    Milestone,
    ProgressReport,
)
from tasks.states import FindingState, MilestoneState
from tests.factories import (
    FindingFactory,
    MilestoneFactory,
    PeriodFactory,
    ProgressReportFactory,
)
from tests.tasks.evidence.files import upload
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
NAME, REFUSED = "验收报告.pdf", "“病毒.pdf”没有上传"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def with_bad(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "evidence": [upload(), upload("病毒.pdf", b"MZ")]}


def with_good(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "evidence": [upload()]}


def refuses(browser: Client, address: str, values: dict[str, Any]) -> None:
    """The sentence stands beside the field, nothing is kept."""
    page = browser.post(address, with_bad(values))
    assert page.status_code == 422
    assert REFUSED in page.text
    assert 'type="file"' in page.text
    assert not Evidence.objects.exists()


def test_a_milestone_is_met_with_evidence(world: World, as_: Browser) -> None:
    row: Milestone = MilestoneFactory(responsibility=world.side)
    values = {"met_on": "2026-11-01", "result": "可研已批复。", "version": row.version}
    lead, address = as_(world.lead), f"/milestones/{row.pk}/claim/"
    refuses(lead, address, values)
    row.refresh_from_db()
    assert row.state == MilestoneState.CONFIRMED
    lead.post(address, with_good(values))
    row.refresh_from_db()
    assert row.state == MilestoneState.CLAIMED
    office = as_(world.office)
    assert NAME in office.get(f"/milestones/{row.pk}/").text
    assert NAME in office.get(f"/duties/{world.side.pk}/milestones/").text
    assert NAME not in as_(world.other_lead).get(f"/milestones/{row.pk}/").text
    assert NAME not in as_(world.other_lead).get(f"/duties/{world.side.pk}/milestones/").text


def test_a_later_date_is_asked_for_with_evidence(world: World, as_: Browser) -> None:
    world.side.due_on = datetime.date(2026, 12, 31)
    world.side.save(update_fields=["due_on"])
    values = {"new_due": "2027-06-30", "reason": "用地尚未批准。"}
    lead, address = as_(world.lead), f"/duties/{world.side.pk}/extension/"
    refuses(lead, address, values)
    assert not Extension.objects.exists()
    lead.post(address, with_good(values))
    made = Extension.objects.get()
    assert NAME in as_(world.office).get(f"/extensions/{made.pk}/").text
    assert NAME in as_(world.lead).get(address).text  # its history


def test_an_end_is_claimed_with_evidence(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, approved=True, percent=100)
    values = {"kind": "completed", "reason": "项目已投产。"}
    lead, address = as_(world.lead), f"/duties/{world.side.pk}/end/"
    refuses(lead, address, values)
    assert not Ending.objects.exists()
    lead.post(address, with_good(values))
    office = as_(world.office)
    assert NAME in office.get(f"/endings/{Ending.objects.get().pk}/").text
    assert NAME in office.get("/endings/").text


def test_a_finding_is_issued_with_evidence(world: World, as_: Browser) -> None:
    values = {"problem": "填报与现场不符。", "demand": "补齐材料。", "due_on": "2026-12-04"}
    auditor, address = as_(world.auditor), f"/findings/new/{world.side.pk}/"
    refuses(auditor, address, values)
    assert not Finding.objects.exists()
    auditor.post(address, with_good(values))
    assert NAME in as_(world.lead).get(f"/findings/{Finding.objects.get().pk}/").text


def test_each_step_of_a_finding_takes_files_the_last_one_too(world: World, as_: Browser) -> None:
    row: Finding = FindingFactory(responsibility=world.side)
    lead = as_(world.lead)
    values = {"text": "已整改。", "version": row.version}
    refuses(lead, f"/findings/{row.pk}/answer/", values)
    row.refresh_from_db()
    assert row.state == FindingState.ISSUED
    lead.post(f"/findings/{row.pk}/answer/", with_good(values))
    row.refresh_from_db()
    sheet = upload("现场核查.pdf")
    told = {"text": "同意销号。", "version": row.version, "evidence": [sheet]}
    done = as_(world.auditor).post(f"/findings/{row.pk}/close/", told)
    assert done.status_code == 302, done.text
    row.refresh_from_db()
    assert row.state == FindingState.CLOSED
    page = as_(world.office).get(f"/findings/{row.pk}/").text
    assert NAME in page
    assert "现场核查.pdf" in page


def on_the_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_report_that_is_not_whole_leaves_no_file(
    world: World, as_: Browser, tmp_path: Path
) -> None:
    lead, address = as_(world.lead), f"/fill/{world.side.pk}/2026Q3/"
    values = with_good({"progress": "全部建成。", "version": 0, "action": "submit"})
    assert lead.post(address, values).status_code == 422
    assert not on_the_disk(tmp_path)
    lead.post(address, with_good({"progress": "全部建成。", "version": 0, "action": "save"}))
    assert len(on_the_disk(tmp_path)) == 1


def test_what_is_asked_about_keeps_one_file(world: World, as_: Browser, tmp_path: Path) -> None:
    """请核对: the first try is undone, the draft is saved with its file."""
    ProgressReportFactory(
        responsibility=world.side,
        period=PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True),
        approved=True,
        percent=90,
    )
    values = {"percent": 60, "progress": "部分建成。", "version": 0, "action": "submit"}
    page = as_(world.lead).post(f"/fill/{world.side.pk}/2026Q3/", with_good(values))
    assert "完成进度比上次下降" in page.text
    file = Evidence.objects.get()
    assert on_the_disk(tmp_path) == [file.full_path]


def test_a_part_is_told_with_its_files(world: World, as_: Browser, tmp_path: Path) -> None:
    duty = world.task.responsibilities.get(role="cooperating")
    helper, address = as_(world.cooperating), f"/contributions/{duty.pk}/2026Q3/"
    assert 'enctype="multipart/form-data"' in helper.get(address).text
    values = {"text": "完成能耗核算。", "version": 0, "action": "submit"}
    refuses(helper, address, values)
    assert not Contribution.objects.exists()
    assert not on_the_disk(tmp_path)
    refused = helper.post(address, with_good({**values, "text": ""}))
    assert (refused.status_code, on_the_disk(tmp_path)) == (422, [])
    assert helper.post(address, with_good(values)).status_code == 302
    assert Contribution.objects.get().state == "submitted"
    assert NAME in helper.get(address).text


def test_what_an_office_enters_is_asked_about_and_takes_files(world: World, as_: Browser) -> None:
    office = as_(world.office)
    address = f"/fill/{world.side.pk}/2026Q3/for-unit/"
    values = {"percent": 100, "progress": "全部建成。", "version": 0, "reason": "来函委托。"}
    refuses(office, address, values)
    asked = office.post(address, values)
    assert asked.status_code == 422
    assert "完成进度为100%" in asked.text
    assert "仍然代填并提交审核" in asked.text
    assert not ProgressReport.objects.exists()
    done = office.post(address, with_good(values), follow=True)
    assert NAME in done.text
    assert ProgressReport.objects.get().flags == []
