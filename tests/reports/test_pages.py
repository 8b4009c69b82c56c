"""Books from the web: asked for, watched, taken."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from reports.books.making import make
from reports.models import ReportFile, ReportRun
from reports.states import FileKind
from tests.factories import (
    NOW,
    TODAY,
    JurisdictionFactory,
    MembershipFactory,
    OfficeFactory,
    PeriodFactory,
    PlanFactory,
    PlanSideFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db
LIST = "/reports/"
HOSTILE = '=HYPERLINK("http://example.org")'


@dataclass(frozen=True)
class Cast:
    lead: User
    other_lead: User
    stranger: User
    office: User
    auditor: User
    unit_id: int
    other_unit_id: int


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    plan = joint_plan(code="joint", short_title="联合行动方案")
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory(name="重庆市能源局"))
    other = ResponsibilityFactory(
        task=side.task, unit=UnitFactory(sichuan=True, name="四川省能源局")
    )
    period = PeriodFactory(plan=plan, quarter_text="2026Q3")
    ProgressReportFactory(responsibility=side, period=period, approved=True, progress=HOSTILE)
    office = plan.sides.select_related("office").order_by("order")[0].office
    return Cast(
        lead=officer(side.unit),
        other_lead=officer(other.unit),
        stranger=officer(UnitFactory()),
        office=coordinator(office),
        auditor=inspector(JurisdictionFactory()),
        unit_id=side.unit_id,
        other_unit_id=other.unit_id,
    )


def ask(client: Client, user: User, **changes: Any) -> Any:
    client.force_login(user)
    data = {"book": "status", "quarter": "2026Q3", "plan": "", "lead_unit": "", "paper": "A4"}
    return client.post(LIST, data | changes)


def made_by(client: Client, user: User, **changes: Any) -> ReportRun:
    response = ask(client, user, **changes)
    run = ReportRun.objects.get()
    assert response.headers["Location"] == reverse("reports:run", args=[run.pk])
    make(run.pk, today=TODAY)
    run.refresh_from_db()
    return run


def test_an_office_asks_watches_and_takes_the_files(client: Client, cast: Cast) -> None:
    response = ask(client, cast.office)
    run = ReportRun.objects.get()
    waiting = client.get(response.headers["Location"]).text
    assert "排队中" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    make(run.pk, today=TODAY)
    done = client.get(response.headers["Location"]).text
    assert 'hx-trigger="every' not in done
    for file in run.files.all():
        assert file.name in done
        assert file.sha256 in done
    assert FileKind.ARCHIVE in {file.kind for file in run.files.all()}
    assert "2026年第3季度 进展情况表" in client.get(LIST).text


def test_the_part_for_htmx_is_the_page_part_alone(client: Client, cast: Cast) -> None:
    address = ask(client, cast.office).headers["Location"]
    part = client.get(address, headers={"HX-Request": "true"}).text
    assert part.strip().startswith('<div id="run"')
    assert "<html" not in part
    assert part.strip() in client.get(address).text


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


def test_a_lead_can_ask_for_nothing_but_its_own_table(client: Client, cast: Cast) -> None:
    client.force_login(cast.lead)
    page = client.get(LIST).text
    assert "重庆市能源局" in page
    assert "四川省能源局" not in page
    assert 'name="book"' not in page
    assert ask(client, cast.lead, lead_unit="").status_code == 422
    response = ask(client, cast.lead, lead_unit=cast.other_unit_id)
    assert response.status_code == 422
    assert "不能生成该单位的报表，请另选。" in response.text
    assert not ReportRun.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quarter": "2019Q1"}, "没有“2019Q1”的填报期，请另选。"),
        ({"quarter": "x"}, "没有“x”的填报期，请另选。"),
        ({"plan": "999999"}, "没有这个方案，请另选。"),
        ({"plan": "x"}, "没有这个方案，请另选。"),
        ({"lead_unit": "999999"}, "不能生成该单位的报表，请另选。"),
        ({"book": "secret"}, "secret"),
        ({"paper": "A0"}, "A0"),
    ],
)
def test_nonsense_gets_a_sentence_and_no_run(
    client: Client, cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    response = ask(client, cast.office, **changes)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'id="error-summary"' in response.text
    assert not ReportRun.objects.exists()


def test_a_summary_for_one_unit_is_refused_with_the_services_sentence(
    client: Client, cast: Cast
) -> None:
    response = ask(client, cast.office, book="quarterly", lead_unit=cast.unit_id)
    assert response.status_code == 422
    assert "不能指定单位" in response.text
    assert not ReportRun.objects.exists()


def options(page: str, name: str) -> str:
    """The choices of a field, as the page shows them."""
    return page.split(f'name="{name}"')[1].split("</select>")[0]


def test_the_form_offers_what_the_person_may_have(client: Client, cast: Cast) -> None:
    """Another plan, of another office: nobody of the joint plan is offered it or its units."""
    other = PlanFactory(code="other", title="别处行动方案", short_title="别处行动方案")
    lead = ResponsibilityFactory(task=TaskFactory(plan=other), unit=UnitFactory(jiangjin=True))
    PeriodFactory(plan=other, quarter_text="2026Q3")
    PeriodFactory(plan=other, quarter_text="2022Q4")
    for user in (cast.office, cast.lead):
        client.force_login(user)
        page = client.get(LIST).text
        assert "联合行动方案" in options(page, "plan")
        assert "别处行动方案" not in options(page, "plan")
        assert lead.unit.name not in options(page, "lead_unit")
        assert "2022Q4" not in options(page, "quarter")
    client.force_login(cast.auditor)
    page = client.get(LIST).text
    assert "别处行动方案" in options(page, "plan")  # 江津区 is below 重庆市
    assert lead.unit.name in options(page, "lead_unit")
    assert "四川省能源局" not in options(page, "lead_unit")


def test_an_inspector_of_nothing_is_offered_nothing(client: Client, cast: Cast) -> None:
    client.force_login(inspector(JurisdictionFactory(code="511700", name="达州市")))
    page = client.get(LIST).text
    assert "您协调或督查的范围内没有牵头任务" in page
    assert 'name="plan"' not in page
    assert "四川省能源局" not in page


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


def test_who_coordinates_two_plans_is_asked_which(client: Client, cast: Cast) -> None:
    other = PlanFactory(code="other", title="别处行动方案", short_title="别处行动方案")
    ResponsibilityFactory(task=TaskFactory(plan=other), unit=UnitFactory(jiangjin=True))
    PeriodFactory(plan=other, quarter_text="2026Q3")
    side = PlanSideFactory(plan=other, office=OfficeFactory(name="江津区双碳办"))
    MembershipFactory(user=cast.office, coordinator=True, office=side.office)
    client.force_login(cast.office)
    assert "全部方案" not in options(client.get(LIST).text, "plan")
    assert ask(client, cast.office).status_code == 422
    assert ask(client, cast.office, plan=other.pk).status_code == 302


def test_titles_have_their_blanks_in_english(client: Client, cast: Cast) -> None:
    run = made_by(client, cast.office)
    client.cookies["django_language"] = "en"
    for address in (LIST, reverse("reports:run", args=[run.pk])):
        assert f"Q3 2026 {english(run)}" in client.get(address).text


def english(run: ReportRun) -> str:
    with translation.override("en"):
        return run.get_book_display()


def test_who_holds_no_post_is_told_so(client: Client, cast: Cast) -> None:
    client.force_login(UserFactory())
    assert "您没有在单位、协调办公室或督查岗位任职" in client.get(LIST).text


def test_whose_unit_leads_nothing_is_told_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    assert "本单位没有牵头任务" in client.get(LIST).text
    assert ask(client, cast.stranger, lead_unit=cast.unit_id).status_code == 422


def test_without_periods_the_page_says_what_would_be_here(client: Client) -> None:
    client.force_login(UserFactory(superuser=True))
    text = client.get(LIST).text
    assert "还没有填报期。" in text
    assert "还没有生成过报表。" in text


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
