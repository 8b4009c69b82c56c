"""The progress form, through the browser's door."""

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import ProgressReport
from tasks.services import progress
from tasks.services.entry import Entry
from tasks.states import ReportState
from tests.factories import (
    NOW,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    officer,
)
from tests.tasks.views.conftest import World
from tests.tasks.views.fill.conftest import Browser, address, filled
from units.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_draft_is_saved_and_shown_again(world: World, as_: Browser) -> None:
    browser = as_(world.lead)
    response = browser.post(address(world), filled(), follow=True)
    report = ProgressReport.objects.get()
    assert (report.percent, report.progress, report.state) == (65, "完成管道建设。", "draft")
    assert report.filled_by == world.lead
    assert "已保存草稿，尚未提交。" in response.text
    assert "已保存 2026-11-20 10:00" in response.text
    assert AuditEntry.objects.filter(verb="report.save", actor=world.lead).exists()


def test_submitting_names_the_office_and_leads_to_the_report(world: World, as_: Browser) -> None:
    page = as_(world.lead).get(address(world))
    assert "提交至重庆市双碳办" in page.text
    response = as_(world.lead).post(address(world), filled(action="submit"), follow=True)
    report = ProgressReport.objects.get()
    assert report.state == ReportState.SUBMITTED
    assert response.redirect_chain == [(reverse("tasks:view_report", args=[report.pk]), 302)]
    assert "已提交至重庆市双碳办。" in response.text


def test_the_last_report_stands_at_the_left(world: World, as_: Browser) -> None:
    earlier = PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
    ProgressReportFactory(
        responsibility=world.side,
        period=earlier,
        approved=True,
        percent=41,
        progress="上季度做了勘察。",
    )
    text = as_(world.lead).get(address(world)).text
    assert text.index("2026年第2季度（上次填报）") < text.index("上季度做了勘察。")
    assert "41%" in text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("101", "完成进度应为0至100之间的整数，现为101。"),
        ("-1", "完成进度应为0至100之间的整数，现为-1。"),
        ("过半", "完成进度应为0至100之间的整数，现为“过半”。"),
        ("9" * 30, "完成进度应为0至100之间的整数，现为"),
        ("45.5", "完成进度应为0至100之间的整数，现为“45.5”。"),
    ],
)
@pytest.mark.parametrize("action", ["save", "submit"])
def test_a_bad_percent_gets_a_sentence_and_changes_nothing(
    world: World, as_: Browser, typed: str, sentence: str, action: str
) -> None:
    response = as_(world.lead).post(address(world), filled(percent=typed, action=action))
    assert response.status_code == 422
    assert sentence in response.text
    assert 'href="#id_percent"' in response.text
    assert "完成管道建设。" in response.text
    assert not ProgressReport.objects.exists()
    assert not AuditEntry.objects.filter(verb__startswith="report.").exists()


def test_what_is_missing_is_asked_for_only_on_submission(world: World, as_: Browser) -> None:
    browser = as_(world.lead)
    empty = filled(percent="", progress="")
    response = browser.post(address(world), empty | {"action": "submit"})
    assert response.status_code == 422
    assert "请填写完成进度（0至100的整数）。" in response.text
    assert "请填写进展情况。" in response.text
    assert not ProgressReport.objects.exists()
    assert browser.post(address(world), empty).status_code == 302
    assert ProgressReport.objects.get().percent is None


def test_no_news_needs_a_reason(world: World, as_: Browser) -> None:
    browser = as_(world.lead)
    data = filled(progress="", no_news="on", action="submit")
    response = browser.post(address(world), data)
    assert "请说明本季度无新进展的理由。" in response.text
    browser.post(address(world), data | {"progress": "汛期停工。"})
    report = ProgressReport.objects.get()
    assert report.no_news
    assert report.is_reported


def test_a_text_too_long_says_by_how_much(world: World, as_: Browser) -> None:
    response = as_(world.lead).post(address(world), filled(problems="长" * 4001))
    assert response.status_code == 422
    assert "文字共4001字，最多4000字，请精简。" in response.text
    assert 'href="#id_problems"' in response.text
    assert not ProgressReport.objects.exists()


def test_control_characters_go_and_a_leading_equals_sign_stays(world: World, as_: Browser) -> None:
    data = filled(progress="\x00=1+1\x0b\x1b[31m\r\n第二行\u2028", problems="=HYPERLINK(1)")
    assert as_(world.lead).post(address(world), data).status_code == 302
    report = ProgressReport.objects.get()
    assert report.progress.replace("\u2028", "") == "=1+1[31m\n第二行"
    assert report.problems == "=HYPERLINK(1)"


def test_markup_is_shown_as_text(world: World, as_: Browser) -> None:
    page = as_(world.lead).post(address(world), filled(progress="<b>x</b>"), follow=True)
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
    assert "<b>x</b>" not in page.text


def test_a_stale_version_keeps_both_texts(world: World, as_: Browser) -> None:
    colleague = officer(world.side.unit, name="李某")
    entry = Entry(percent=50, progress="同事写的。")
    progress.save_draft(world.side, world.period, entry, by=colleague, now=NOW)
    browser = as_(world.lead)
    response = browser.post(address(world), filled(progress="我写的。"))
    assert response.status_code == 409
    text = response.text
    assert "对方已改" in text
    assert "李某于2026-11-20 10:00保存了本表。您填写的内容仍在下面" in text
    assert "再次保存，将以您的内容为准。" in text
    assert "刷新" not in text
    assert "同事写的。" in text
    assert "我写的。" in text
    assert ProgressReport.objects.get().progress == "同事写的。"
    assert 'name="version" value="1"' in text
    browser.post(address(world), filled(progress="核对后的。", version="1"))
    assert ProgressReport.objects.get().progress == "核对后的。"


def test_an_own_save_in_another_window_is_called_so(world: World, as_: Browser) -> None:
    browser = as_(world.lead)
    browser.post(address(world), filled(progress="先前窗口写的。", percent="50"))
    response = browser.post(address(world), filled(progress="这个窗口写的。"))
    assert response.status_code == 409
    text = response.text
    assert "您在另一窗口于2026-11-20 10:00保存了本表。" in text
    assert "核对后再次保存，将以您现在的内容为准。" in text
    assert "您在另一窗口保存的内容" in text
    assert "先前窗口写的。" in text
    assert "这个窗口写的。" in text
    assert "对方" not in text
    assert "请更正以下内容" not in text


@pytest.mark.parametrize("action", ["save", "submit"])
def test_the_browser_is_told_which_of_its_texts_is_saved(
    world: World, as_: Browser, action: str
) -> None:
    response = as_(world.lead).post(address(world), filled(kept="ab12", action=action))
    assert response.headers["Location"].endswith("/#saved-ab12")


@pytest.mark.parametrize("kept", ["", "a b", "A", "x" * 33, "a\r\nSet-Cookie: x", "//evil"])
def test_only_a_plain_name_comes_back_in_the_address(world: World, as_: Browser, kept: str) -> None:
    response = as_(world.lead).post(address(world), filled(kept=kept))
    assert response.status_code == 302
    assert response.headers["Location"] == address(world)


def test_no_news_with_another_percent_says_so_beside_the_field(world: World, as_: Browser) -> None:
    earlier = PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
    ProgressReportFactory(responsibility=world.side, period=earlier, approved=True, percent=41)
    browser = as_(world.lead)
    data = filled(percent="65", no_news="on", progress="汛期停工。", action="submit")
    response = browser.post(address(world), data)
    assert response.status_code == 422
    sentence = "完成进度应与上次填报的41%相同，现为65%；如有进展，请取消勾选。"
    place = response.text.index('id="id_percent_error"')
    assert sentence in response.text[place : place + 200]
    assert not ProgressReport.objects.filter(period=world.period).exists()
    assert browser.post(address(world), data | {"percent": ""}).status_code == 302
    assert ProgressReport.objects.get(period=world.period).percent == 41


def test_an_expired_page_leads_back_to_its_form(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.lead)
    page = f"http://testserver{address(world)}"
    response = browser.post(address(world), filled(), headers={"Referer": page})
    assert response.status_code == 403
    assert "填写中的内容留在本浏览器里" in response.text
    assert f'href="{address(world)}">回到原来的页面' in response.text
    foreign = {"Referer": "https://elsewhere.example.org/x"}
    elsewhere = browser.post(address(world), filled(), headers=foreign)
    assert 'href="/">回到原来的页面' in elsewhere.text


@pytest.mark.parametrize(("version", "status"), [("", 409), ("x", 422), ("-1", 422), ("99", 409)])
def test_a_forged_version_changes_nothing(
    world: World, as_: Browser, version: str, status: int
) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period, progress="原来的。")
    response = as_(world.lead).post(address(world), filled(version=version))
    assert response.status_code == status
    assert ProgressReport.objects.get().progress == "原来的。"


def test_a_report_handed_in_by_a_colleague_is_not_overwritten(world: World, as_: Browser) -> None:
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True, progress="已报的。"
    )
    browser = as_(world.lead)
    view = reverse("tasks:view_report", args=[report.pk])
    assert browser.get(address(world)).headers["Location"] == view
    response = browser.post(address(world), filled(progress="迟来的。", version="1"))
    assert response.status_code == 422
    assert "迟来的。" in response.text
    assert view in response.text
    assert ProgressReport.objects.get().progress == "已报的。"


def test_a_returned_report_shows_why_and_can_be_sent_again(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period, returned=True)
    browser = as_(world.lead)
    page = browser.get(address(world))
    assert "请补充数据来源。" in page.text
    assert "2026-11-25截止" in page.text
    browser.post(address(world), filled(version="1", action="submit"))
    assert ProgressReport.objects.get().state == ReportState.SUBMITTED


def test_after_submitting_the_next_task_is_one_click_away(world: World, as_: Browser) -> None:
    task = TaskFactory(plan=world.plan, title="第二件事")
    second = ResponsibilityFactory(task=task, unit=world.side.unit)
    response = as_(world.lead).post(address(world), filled(action="submit"), follow=True)
    assert "还有1项待填报。" in response.text
    assert reverse("tasks:report", args=[second.pk, "2026Q3"]) in response.text
