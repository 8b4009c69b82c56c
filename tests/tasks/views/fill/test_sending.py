"""What the form sends besides its texts: files, last quarter's words, choices after a clash."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tasks.models import Evidence, ProgressReport
from tasks.services import progress
from tasks.services.entry import Entry
from tasks.states import ReportState
from tests.factories import (
    NOW,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    officer,
)
from tests.tasks.evidence.files import PNG, upload
from tests.tasks.views.conftest import World, words
from tests.tasks.views.fill.conftest import Browser, address, filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LONG = "完成输气管道建设四十公里，安装压气站设备三套，组织安全检查两次，解决用地问题五件，投资增。"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def last_quarter(world: World, **values: Any) -> ProgressReport:
    earlier = PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
    made: ProgressReport = ProgressReportFactory(
        responsibility=world.side, period=earlier, approved=True, **values
    )
    return made


def test_files_come_with_the_draft_and_go_by_a_button(world: World, as_: Browser) -> None:
    browser = as_(world.lead)
    browser.post(address(world), filled(evidence=[upload(), upload("图.png", PNG)]))
    report = ProgressReport.objects.get()
    assert sorted(report.evidence.values_list("name", flat=True)) == ["图.png", "验收报告.pdf"]
    page = browser.get(address(world)).text
    assert "验收报告.pdf" in page
    assert "严禁上传涉密文件" in page
    first = report.evidence.order_by("pk")[0]
    typed = filled(version="1", action=f"remove-{first.pk}", progress="又写了些。")
    browser.post(address(world), typed)
    report.refresh_from_db()
    assert (report.progress, report.evidence.count()) == ("又写了些。", 1)


def test_a_file_that_is_not_taken_leaves_nothing_and_loses_no_text(
    world: World, as_: Browser
) -> None:
    sent = filled(evidence=[upload(), upload("病毒.pdf", b"MZ")])
    response = as_(world.lead).post(address(world), sent)
    assert response.status_code == 422
    assert "“病毒.pdf”没有上传：只收 PDF" in response.text
    assert "完成管道建设。" in response.text
    assert not ProgressReport.objects.exists()
    assert not Evidence.objects.exists()


def test_a_file_of_another_report_is_not_removed(world: World, as_: Browser) -> None:
    other = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    report = ProgressReportFactory(responsibility=other, period=world.period)
    as_(world.lead).post(
        reverse("tasks:evidence_add", args=["report", report.pk]), {"evidence": upload()}
    )
    row = Evidence.objects.get()
    as_(world.lead).post(address(world), filled(action=f"remove-{row.pk}"))
    assert Evidence.objects.exists()


def test_last_quarter_is_carried_over_without_saving(world: World, as_: Browser) -> None:
    last_quarter(world, next_steps="完成竣工验收。", percent=41)
    page = as_(world.lead).get(address(world)).text
    assert "带入上季度" in page
    response = as_(world.lead).post(address(world), filled(action="carry-next_steps"))
    assert response.context["form"]["next_steps"].value() == "开展验收。\n完成竣工验收。"
    response = as_(world.lead).post(address(world), filled(action="carry-percent"))
    assert response.context["form"]["percent"].value() == "41"
    response = as_(world.lead).post(address(world), filled(action="carry-state"))
    assert response.status_code == 200
    assert not ProgressReport.objects.filter(period=world.period).exists()


def test_a_draft_saves_itself(world: World, as_: Browser) -> None:
    browser = as_(world.lead)
    answer = browser.post(address(world), filled(action="autosave"))
    assert answer.json() == {"version": 1, "told": "已保存 10:00"}
    assert ProgressReport.objects.get().state == ReportState.DRAFT
    answer = browser.post(address(world), filled(action="autosave", percent="400", version="1"))
    assert answer.status_code == 422
    assert "400" in answer.json()["told"]
    answer = browser.post(address(world), filled(action="autosave", progress="旧的。"))
    assert answer.status_code == 409
    assert ProgressReport.objects.get().progress == "完成管道建设。"


def clash(world: World, as_: Browser) -> Any:
    colleague = officer(world.side.unit, name="张三")
    entry = Entry(percent=50, progress="对方写的。", problems="缺资金。")
    progress.save_draft(world.side, world.period, entry, by=colleague, now=NOW)
    return as_(world.lead).post(address(world), filled(problems="缺土地。"))


def test_each_field_is_kept_taken_or_joined(world: World, as_: Browser) -> None:
    page = clash(world, as_)
    assert page.status_code == 409
    for sentence in ("张三", "对方写的。", "缺资金。", "用我的", "用对方的", "合并"):
        assert sentence in page.text
    chosen = filled(
        problems="缺土地。",
        version=str(page.context["form"]["version"].value()),
        **{"pick-progress": "theirs", "pick-problems": "both", "pick-percent": "mine"},
    )
    as_(world.lead).post(address(world), chosen)
    report = ProgressReport.objects.get()
    assert (report.percent, report.progress) == (65, "对方写的。")
    assert report.problems == "缺资金。\n缺土地。"


def test_a_choice_made_from_an_older_version_is_asked_again(world: World, as_: Browser) -> None:
    page = clash(world, as_)
    version = page.context["form"]["version"].value()
    entry = Entry(percent=51, progress="对方又写。")
    progress.save_draft(
        world.side, world.period, entry, by=officer(world.side.unit), now=NOW, version=1
    )
    chosen = filled(version=version, **{"pick-progress": "theirs"})
    again = as_(world.lead).post(address(world), chosen)
    assert again.status_code == 409
    assert "对方又写。" in again.text
    assert ProgressReport.objects.get().progress == "对方又写。"


def test_the_whole_of_theirs_is_kept(world: World, as_: Browser) -> None:
    clash(world, as_)
    as_(world.lead).post(address(world), filled(action="theirs"))
    assert ProgressReport.objects.get().progress == "对方写的。"


def test_what_is_noticed_is_asked_before_it_is_handed_in(world: World, as_: Browser) -> None:
    last_quarter(world, percent=70, progress="上季度做了勘察。")
    page = as_(world.lead).post(address(world), filled(action="submit"))
    assert "请核对" in page.text
    assert "完成进度比上次下降：上次70%，本次65%。" in words(page.text)
    report = ProgressReport.objects.get(period=world.period)
    assert (report.state, report.flags) == (ReportState.DRAFT, [])
    sent = {**page.context["sent"], "version": report.version, "action": "submit"}
    assert as_(world.lead).post(address(world), {**sent, "confirmed": "x"}).status_code == 200
    report.refresh_from_db()
    sent |= {"confirmed": page.context["confirmed"], "version": report.version}
    as_(world.lead).post(address(world), sent)
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED
    assert [flag["code"] for flag in report.flags] == ["fell"]
    view = reverse("tasks:view_report", args=[report.pk])
    assert "完成进度比上次下降" in as_(world.office).get(view).text


def test_what_is_incomplete_is_an_error_and_not_a_warning(world: World, as_: Browser) -> None:
    last_quarter(world, percent=70)
    page = as_(world.lead).post(address(world), filled(action="submit", progress=""))
    assert page.status_code == 422
    assert "请填写进展情况。" in page.text


def test_a_text_like_another_units_is_shown_beside_it(world: World, as_: Browser) -> None:
    other = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=UnitFactory())
    copied = ProgressReportFactory(
        responsibility=other, period=world.period, submitted=True, progress=LONG
    )
    page = as_(world.lead).post(address(world), filled(action="submit", progress=LONG))
    assert "进展情况与本季度另一单位的填报100%相同。" in words(page.text)
    assert other.unit.name not in page.text
    assert "并排查看" not in page.text
    sent = {**page.context["sent"], "action": "submit", "confirmed": page.context["confirmed"]}
    report = ProgressReport.objects.get(responsibility=world.side)
    as_(world.lead).post(address(world), {**sent, "version": report.version})
    beside = reverse("tasks:beside", args=[report.pk, copied.pk])
    assert beside in as_(world.office).get(reverse("tasks:view_report", args=[report.pk])).text
    assert other.unit.name in as_(world.office).get(beside).text
    assert as_(world.lead).get(beside).status_code == 404


def test_the_office_answers_and_the_unit_reads_it(world: World, as_: Browser) -> None:
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True, coordination="请协调用地。"
    )
    url = reverse("tasks:answer", args=[report.pk])
    sent = {"answer": "已商自然资源局。", "version": report.version}
    assert as_(world.lead).post(url, sent).status_code == 403
    assert as_(world.other_office).post(url, sent).status_code == 404
    assert as_(world.office).post(url, {**sent, "answer": " "}).status_code == 422
    as_(world.office).post(url, sent)
    report.refresh_from_db()
    assert (report.coordination_answer, report.answered_by) == ("已商自然资源局。", world.office)
    stale = as_(world.office).post(url, {**sent, "answer": "另一句。"})
    assert stale.status_code == 422
    assert "已有变化" in stale.text
    view = reverse("tasks:view_report", args=[report.pk])
    assert "已商自然资源局。" in as_(world.lead).get(view).text
