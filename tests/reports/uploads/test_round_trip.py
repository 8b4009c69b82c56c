"""The whole way by the pages: taken, filled in, sent in, looked at, applied."""

import datetime
import io
from typing import Any

import openpyxl
import pytest

from reports.models import Upload
from tasks.models import Contribution, Period, ProgressReport
from tasks.services import contributions, progress
from tasks.services.entry import Entry
from tasks.states import PeriodState
from tests.factories import NOW
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import apply, browser, file_of, page, read_all, send, sent
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def reports(world: World) -> dict[int, ProgressReport]:
    found = ProgressReport.objects.filter(responsibility__in=world.leads)
    return {world.leads.index(row.responsibility): row for row in found}


def test_a_form_is_taken_by_the_page_and_is_on_record(world: World) -> None:
    client = browser(world.by)
    shown = client.get("/reports/forms/").content.decode()
    address = f"/reports/forms/2026Q3/{world.unit.pk}/"
    assert address in shown
    answer = client.get(address)
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert "牵头任务" in book.sheetnames
    assert AuditEntry.objects.filter(verb="form.take").count() == 1


def test_what_was_filled_in_becomes_drafts(world: World) -> None:
    client = browser(world.by)
    path = world.filled(
        {"G5": "８０％", "I5": "完成主体工程。", "G6": 0.35, "配合任务!F5": "提供数据。"}
    )
    upload = sent(client, path)
    assert (upload.state, upload.unit, upload.quarter) == ("ready", world.unit, "2026Q3")
    assert not ProgressReport.objects.exists()
    shown = page(client, upload)
    assert "完成主体工程。" in shown
    assert "G5" in shown
    answer = apply(client, upload)
    assert answer.status_code == 302, answer.content.decode()
    found = reports(world)
    assert (found[0].percent, found[0].progress, found[0].state) == (80, "完成主体工程。", "draft")
    assert found[1].percent == 35
    assert Contribution.objects.get().text == "提供数据。"
    saved = AuditEntry.objects.filter(verb="report.save")
    assert {(row.source, row.actor) for row in saved} == {("form", world.by)}
    upload.refresh_from_db()
    assert (upload.state, upload.ended_by, upload.counts["written"]) == ("applied", world.by, 3)


def test_the_same_file_again_changes_nothing_and_says_so(world: World) -> None:
    client = browser(world.by)
    path = world.filled({"G5": 80, "I5": "完成主体工程。"})
    apply(client, sent(client, path))
    before = list(ProgressReport.objects.values())
    again = sent(client, path)
    shown = page(client, again)
    assert "同样的文件已由" in shown
    assert "系统中已是这些内容，没有需要写入的" in shown
    answer = apply(client, again)
    assert answer.status_code == 422
    assert list(ProgressReport.objects.values()) == before


def test_it_is_handed_in_where_the_person_asks(world: World) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": 80, "I5": "完成主体工程。"}))
    answer = apply(client, upload, hand_in="on")
    assert answer.status_code == 302, answer.content.decode()
    report = reports(world)[0]
    assert (report.state, report.submitted_by) == ("submitted", world.by)
    assert list(reports(world)) == [0]  # what was left empty is not handed in


def test_nothing_is_handed_in_where_one_lacks_something(world: World) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": 80, "I5": "完成主体工程。", "G6": 20}))
    answer = apply(client, upload, hand_in="on")
    assert answer.status_code == 422
    assert "第6行" in answer.content.decode()
    assert not ProgressReport.objects.exists()
    assert Upload.objects.get().state == "ready"


def test_wrong_cells_are_named_and_nothing_is_written(world: World) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": "八成多", "I5": "完成主体工程。"}))
    shown = page(client, upload)
    assert "有1处有误" in shown
    assert "八成多" in shown
    assert "确认写入</button>" not in shown
    assert apply(client, upload).status_code == 422
    assert not ProgressReport.objects.exists()
    marked = client.get(f"/reports/uploads/{upload.pk}/marked/")
    assert marked.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(marked.content))
    assert book.worksheets[0]["G5"].comment is not None
    # In the list it stands out of those that only wait to be confirmed.
    listed = client.get("/reports/forms/").text
    assert "有误" in listed.split('class="tag tag-strong"')[1].split("</span>")[0]


def test_what_was_entered_on_line_meanwhile_stays_unless_the_person_says(world: World) -> None:
    client = browser(world.by)
    path = world.filled({"G5": 80, "I5": "表中的。"})
    side = world.leads[0]
    on_line = Entry(percent=60, progress="网上的。")
    progress.save_draft(side, world.period, on_line, by=world.by, now=NOW)
    upload = sent(client, path)
    shown = page(client, upload)
    assert "网上的。" in shown
    assert "表中的。" in shown
    key = f"lead-{side.pk}-{world.period.pk}-progress"
    assert f'name="{key}"' in shown
    answer = apply(client, upload, **{key: "sheet"})
    assert answer.status_code == 302, answer.content.decode()
    report = reports(world)[0]
    assert (report.percent, report.progress) == (60, "表中的。")


def test_what_changes_after_the_preview_is_shown_anew(world: World) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": 80, "I5": "表中的。"}))
    seen = client.get(f"/reports/uploads/{upload.pk}/").context["form"]["seen"].value()
    on_line = Entry(percent=60, progress="网上的。")
    progress.save_draft(world.leads[0], world.period, on_line, by=world.by, now=NOW)
    answer = client.post(f"/reports/uploads/{upload.pk}/apply/", {"seen": seen})
    assert answer.status_code == 409
    assert "又有变化" in answer.content.decode()
    assert reports(world)[0].percent == 60


def test_a_form_without_its_key_is_confirmed_first(world: World) -> None:
    client = browser(world.by)

    def lose(book: Any) -> None:
        for sheet in list(book.worksheets):
            if sheet.sheet_state != "visible":
                book.remove(sheet)
            else:
                sheet.delete_cols(sheet.max_column)
        for name in list(book.custom_doc_props.names):
            del book.custom_doc_props[name]

    upload = sent(client, world.filled({"G5": 80, "I5": "完成。"}, lose))
    assert (upload.state, upload.error) == ("ready", "")
    assert upload.by_number
    assert "请确认无误" in page(client, upload)
    assert apply(client, upload).status_code == 422
    assert not ProgressReport.objects.exists()
    answer = apply(client, upload, confirmed="on")
    assert answer.status_code == 302, answer.content.decode()
    assert reports(world)[0].percent == 80


def test_what_was_given_up_is_not_applied(world: World) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": 80}))
    seen = client.get(f"/reports/uploads/{upload.pk}/").context["form"]["seen"].value()
    assert client.post(f"/reports/uploads/{upload.pk}/drop/").status_code == 302
    assert "已作废" in page(client, upload)
    answer = client.post(f"/reports/uploads/{upload.pk}/apply/", {"seen": seen})
    assert answer.status_code == 422
    assert not ProgressReport.objects.exists()


def test_the_office_enters_it_for_the_unit_with_the_reason(world: World, office: User) -> None:
    client = browser(office)
    upload = sent(client, world.filled({"G5": 80, "I5": "据来函代填。"}))
    assert (upload.state, upload.error) == ("ready", "")
    assert upload.office is not None
    assert "代填" in page(client, upload)
    assert apply(client, upload).status_code == 422
    answer = apply(client, upload, reason="该单位来函委托，附原件。")
    assert answer.status_code == 302, answer.content.decode()
    report = reports(world)[0]
    assert (report.state, report.entered_by_office) == ("submitted", True)
    assert report.entered_reason == "该单位来函委托，附原件。"


def test_a_closed_quarters_form_is_taken_as_a_late_one_where_it_is_chosen(world: World) -> None:
    Period.objects.filter(pk=world.period.pk).update(
        state=PeriodState.CLOSED, closed_on=datetime.date(2026, 11, 1)
    )
    client = browser(world.by)
    assert "2026年第3季度（补报）" in client.get("/reports/forms/").content.decode()
    path = world.filled({"G5": 80, "I5": "补报。"})
    refused = sent(client, path)
    assert refused.state == "refused"
    assert "已关闭" in refused.error
    send(client, file_of(path), quarter="2026Q3")
    read_all()
    upload = Upload.objects.latest("pk")
    assert (upload.state, upload.error) == ("ready", "")
    answer = apply(client, upload)
    assert answer.status_code == 302, answer.content.decode()
    assert (reports(world)[0].percent, reports(world)[0].kind) == (80, "late")


def test_a_draft_that_nobody_may_hand_in_any_more_does_not_hold_up_the_form(world: World) -> None:
    contributions.save(world.part, world.period, "没有报出的。", by=world.by, now=NOW)
    closed = datetime.date(2026, 11, 1)
    Period.objects.filter(pk=world.period.pk).update(state=PeriodState.CLOSED, closed_on=closed)
    client = browser(world.by)
    send(client, file_of(world.filled({"G5": 80, "I5": "补报。"})), quarter="2026Q3")
    read_all()
    answer = apply(client, Upload.objects.latest("pk"), hand_in="on")
    assert answer.status_code == 302, answer.content.decode()
    assert (reports(world)[0].state, reports(world)[0].kind) == ("submitted", "late")
    assert Contribution.objects.get().text == "没有报出的。"
