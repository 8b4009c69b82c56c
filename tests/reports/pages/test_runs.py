"""Books from the web: watched, taken, and by nobody else."""

import datetime
import hashlib
import io
import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from reports.books.making import make
from reports.models import ReportFile, ReportRun
from reports.states import FileKind
from tasks.models import PlanSide
from tests.factories import (
    NOW,
    TODAY,
    JurisdictionFactory,
    MembershipFactory,
    PeriodFactory,
    PlanFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    coordinator,
)
from tests.reports.pages.conftest import HOSTILE, LIST, Cast, ask, made_by
from units.models import AuditEntry, User
from units.states import Role

pytestmark = pytest.mark.django_db


def test_an_office_asks_watches_and_takes_the_files(client: Client, cast: Cast) -> None:
    response = ask(client, cast.office)
    run = ReportRun.objects.get()
    waiting = client.get(response.headers["Location"]).text
    assert "排队中" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert "<noscript>" in waiting
    assert 'http-equiv="refresh"' in waiting
    make(run.pk, today=TODAY)
    done = client.get(response.headers["Location"]).text
    assert 'hx-trigger="every' not in done
    assert 'http-equiv="refresh"' not in done
    for file in run.files.all():
        assert file.name in done
        assert file.sha256 in done
    assert FileKind.ARCHIVE in {file.kind for file in run.files.all()}
    assert "2026年第3季度 进展情况表" in client.get(LIST).text


def unmasked(page: str) -> str:
    """Without the tokens of its forms, which are masked anew each time."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", page).strip()


def test_the_part_for_htmx_is_the_page_part_alone(client: Client, cast: Cast) -> None:
    address = ask(client, cast.office).headers["Location"]
    part = unmasked(client.get(address, headers={"HX-Request": "true"}).text)
    assert part.startswith('<div id="run"')
    assert "<html" not in part
    assert part in unmasked(client.get(address).text)


def test_progress_is_shown_as_done_of_total(client: Client, cast: Cast) -> None:
    address = ask(client, cast.office).headers["Location"]
    ReportRun.objects.update(state="running", done=3, total=21, step="重庆市能源局")
    text = client.get(address).text
    assert "已生成3份，共21份" in text
    assert 'value="14"' in text


def test_a_run_that_failed_says_why(client: Client, cast: Cast) -> None:
    address = ask(client, cast.office).headers["Location"]
    ReportRun.objects.update(state="failed", error="磁盘已满，请清理后重试。", finished_at=NOW)
    text = client.get(address).text
    assert "没有生成" in text
    assert "磁盘已满，请清理后重试。" in text
    assert 'hx-trigger="every' not in text


def test_a_lead_takes_its_own_table_under_its_right_name(client: Client, cast: Cast) -> None:
    run = made_by(client, cast.lead, lead_unit=cast.unit_id)
    file = run.files.get(kind=FileKind.UNIT)
    response: Any = client.get(reverse("reports:file", args=[file.pk]))
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert len(content) == file.size
    said = response.headers["Content-Disposition"]
    assert said.startswith("attachment; filename*=utf-8''")
    assert unquote(said.split("''")[1]) == "重庆市能源局2026年第3季度进展情况表.xlsx"
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    cells = [
        cell
        for sheet in load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == HOSTILE
    ]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
    entry = AuditEntry.objects.get(verb="report_file.download")
    assert entry.actor == cast.lead
    assert entry.after == {"sha256": file.sha256}


@pytest.mark.parametrize("who", ["other_lead", "stranger"])
def test_others_find_neither_run_nor_file(client: Client, cast: Cast, who: str) -> None:
    run = made_by(client, cast.lead, lead_unit=cast.unit_id)
    file = run.files.get(kind=FileKind.UNIT)
    client.force_login(getattr(cast, who))
    assert client.get(reverse("reports:run", args=[run.pk])).status_code == 404
    assert client.get(reverse("reports:file", args=[file.pk])).status_code == 404
    assert reverse("reports:run", args=[run.pk]) not in client.get(LIST).text
    assert not AuditEntry.objects.filter(verb="report_file.download").exists()


def test_a_lead_sees_of_the_offices_run_the_own_file_only(client: Client, cast: Cast) -> None:
    run = made_by(client, cast.office)
    client.force_login(cast.lead)
    text = client.get(reverse("reports:run", args=[run.pk])).text
    own = run.files.get(kind=FileKind.UNIT, unit=cast.unit_id)
    assert own.name in text
    for file in run.files.exclude(pk=own.pk):
        assert file.name not in text
        assert client.get(reverse("reports:file", args=[file.pk])).status_code == 404


def taken(client: Client, user: User, file: ReportFile) -> int:
    client.force_login(user)
    answer: Any = client.get(reverse("reports:file", args=[file.pk]))
    if answer.streaming:  # read to its end it is closed
        assert b"".join(answer.streaming_content)
    return int(answer.status_code)


def test_the_files_go_with_the_post_not_with_the_person(client: Client, cast: Cast) -> None:
    """Who lost the role takes nothing more; a leader of the office does, the other side not."""
    run = made_by(client, cast.office)
    whole, own = run.files.get(kind="archive"), run.files.get(unit=cast.unit_id)
    assert run.office is not None
    leader = MembershipFactory(role=Role.LEADER, unit=None, office=run.office).user
    sides = PlanSide.objects.filter(plan__code="joint").exclude(office=run.office)
    across = coordinator(sides.select_related("office").get().office)
    assert [taken(client, user, whole) for user in (cast.office, leader, across)] == [200, 200, 404]
    assert [taken(client, user, own) for user in (cast.lead, across)] == [200, 404]
    for user in (cast.office, leader, cast.lead):
        user.memberships.update(until=TODAY - datetime.timedelta(days=1))
    for user in (cast.office, leader, cast.lead):
        fresh = User.objects.get(pk=user.pk)
        assert taken(client, fresh, whole) == taken(client, fresh, own) == 404


def test_an_inspector_who_moved_takes_nothing_of_the_place_before(
    client: Client, cast: Cast
) -> None:
    run = made_by(client, cast.auditor)
    [file] = run.files.filter(kind="archive")
    assert (run.office, taken(client, cast.auditor, file)) == (None, 200)
    ReportRun.objects.update(created_at=NOW - datetime.timedelta(days=9))
    MembershipFactory(
        user=cast.auditor, inspector=True, jurisdiction=JurisdictionFactory(jiangjin=True)
    )
    assert taken(client, User.objects.get(pk=cast.auditor.pk), file) == 200
    post = cast.auditor.memberships.get(jurisdiction__code="500000")
    post.until = TODAY - datetime.timedelta(days=1)
    post.save()
    moved = User.objects.get(pk=cast.auditor.pk)
    assert taken(client, moved, file) == 404
    assert client.get(reverse("reports:run", args=[run.pk])).status_code == 404


def test_a_run_names_the_plans_that_it_contains(client: Client, cast: Cast) -> None:
    other = PlanFactory(code="other", title="别处行动方案", short_title="别处行动方案")
    ResponsibilityFactory(task=TaskFactory(plan=other), unit=UnitFactory(jiangjin=True))
    PeriodFactory(plan=other, quarter_text="2026Q3")
    run = made_by(client, cast.office)
    for address in (LIST, reverse("reports:run", args=[run.pk])):
        page = client.get(address).text.partition("</main>")[0].split("</form>")[-1]
        assert "联合行动方案" in page
        assert "别处行动方案" not in page
        assert "全部方案" not in page
    ReportRun.objects.all().delete()
    made_by(client, UserFactory(superuser=True))
    assert "联合行动方案、别处行动方案" in client.get(LIST).text


def test_titles_have_their_blanks_in_english(client: Client, cast: Cast) -> None:
    run = made_by(client, cast.office)
    client.cookies["django_language"] = "en"
    for address in (LIST, reverse("reports:run", args=[run.pk])):
        assert f"Q3 2026 {english(run)}" in client.get(address).text


def english(run: ReportRun) -> str:
    with translation.override("en"):
        return run.get_book_display()


def test_a_file_that_is_gone_is_not_found(client: Client, cast: Cast) -> None:
    run = made_by(client, cast.office)
    file = ReportFile.objects.filter(run=run)[0]
    file.full_path.unlink()
    assert client.get(reverse("reports:file", args=[file.pk])).status_code == 404


def test_nobody_gets_anything_without_logging_in(client: Client, cast: Cast) -> None:
    run = made_by(client, cast.office)
    client.logout()
    file = ReportFile.objects.filter(run=run)[0]
    for address in (
        LIST,
        reverse("reports:run", args=[run.pk]),
        reverse("reports:file", args=[file.pk]),
    ):
        assert client.get(address).headers["Location"] == f"/login/?next={address}"
    count = ReportRun.objects.count()
    assert client.post(LIST, {"quarter": "2026Q3"}).status_code == 302
    assert ReportRun.objects.count() == count
