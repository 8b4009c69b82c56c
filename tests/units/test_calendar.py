"""A year's list of days off: uploaded, looked at whole, put in force, asked before the library."""

import datetime
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from openpyxl import Workbook, load_workbook

from tasks.reminders.steps import workdays_past
from tests import factories as make
from tracker.lib import workdays
from units.models import AuditEntry, DayList, User
from units.services import calendars
from units.states import Role

D = datetime.date
PAGE = "/calendar/"
GOOD = "日期,类型,名称\n2027-01-01,休,元旦\n2027/10/1,休,国庆节\n2027年10月9日,班,国庆调休\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked(settings: Any) -> Iterator[None]:
    """Lists are looked at on every question, and forgotten after the test."""
    settings.CALENDAR_SECONDS = 0
    with time_machine.travel(make.NOW, tick=False):
        yield
    calendars.in_force.lists, calendars.in_force.version = {}, None
    workdays.forget()


@pytest.fixture
def keeper() -> User:
    return make.coordinator(make.OfficeFactory())


Sent = Callable[..., Any]


@pytest.fixture
def send(client: Client, keeper: User) -> Sent:
    client.force_login(keeper)

    def sent(content: bytes, name: str = "2027.csv", source: str = "国办发明电〔2026〕9号") -> Any:
        return client.post(PAGE, {"source": source, "file": SimpleUploadedFile(name, content)})

    return sent


def test_a_list_is_looked_at_and_then_put_in_force(client: Client, send: Sent) -> None:
    assert not workdays.is_known(2027)
    assert workdays.is_workday(D(2027, 10, 1))
    seen = send(GOOD.encode())
    assert seen.status_code == 200
    assert "放假2天，调休上班1天" in seen.content.decode()
    assert not DayList.objects.exists()
    answer = client.post(PAGE, {"list": seen.context["list"]}, follow=True)
    assert "2027年的节假日安排已生效" in answer.content.decode()
    assert workdays.is_known(2027)
    assert not workdays.is_workday(D(2027, 10, 1))
    assert workdays.is_workday(D(2027, 10, 9))  # a Saturday
    assert not workdays.is_workday(D(2027, 10, 10))
    assert workdays.is_workday(D(2027, 10, 4))  # a Monday that the list does not name
    assert AuditEntry.objects.get(verb="calendar.upload").after["days"] == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_is_read_as_excel_saves_it(send: Sent, encoding: str) -> None:
    assert send(GOOD.encode(encoding)).context["found"].is_good


def test_a_workbook_with_real_dates_is_read(send: Sent) -> None:
    book = Workbook()
    page: Any = book.active
    page.append(["日期", "类型", "名称"])
    page.append([D(2027, 1, 1), "休", "元旦"])
    out = io.BytesIO()
    book.save(out)
    found = send(out.getvalue(), "2027.xlsx").context["found"]
    assert [day.day for day in found.days] == [D(2027, 1, 1)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2027-02-30,休,\n", "日期无效"),
        ("2027-01-01,也许,\n", "类型应为"),
        ("2027-01-01,休,\n2027-01-01,班,\n", "与第1行是同一天"),
        ("2027-01-01,休,\n2028-01-01,休,\n", "一次只能上传一年"),
        ("日期,类型\n", "文件里没有日期"),
    ],
)
def test_one_wrong_line_writes_nothing(send: Sent, text: str, sentence: str) -> None:
    answer = send(text.encode())
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert answer.context["list"] == ""
    assert not DayList.objects.exists()


def test_a_list_without_a_day_off_is_refused(client: Client, send: Sent) -> None:
    seen = send("2027-01-01,班,\n".encode())
    answer = client.post(PAGE, {"list": seen.context["list"]}, follow=True)
    assert "没有一天休息" in answer.content.decode()


def test_another_list_takes_the_place_of_the_first(keeper: User) -> None:
    def put(day: D) -> None:
        days = [calendars.Day(day, is_worked=False)]
        calendars.apply(2027, days, source="通知", by=keeper, now=make.NOW + day.day * STEP)

    put(D(2027, 1, 1))
    assert workdays_past(D(2026, 12, 31), D(2027, 1, 5)) == 2  # 2 and 3 January are a weekend
    put(D(2027, 1, 4))
    assert workdays_past(D(2026, 12, 31), D(2027, 1, 5)) == 2
    assert workdays.is_workday(D(2027, 1, 1))
    put(D(2027, 3, 2))
    assert workdays_past(D(2026, 12, 31), D(2027, 1, 5)) == 3
    assert DayList.objects.get().days.count() == 1


STEP = datetime.timedelta(minutes=1)


def test_the_template_reads_as_a_list(client: Client, keeper: User) -> None:
    client.force_login(keeper)
    answer = client.get("/calendar/template/")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["日期", "类型", "名称"]
    found = calendars.preview(calendars.read_lines("模板.xlsx", answer.content))
    assert (found.year, found.is_good) == (2027, True)


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_does_not_keep_it_gets_nothing(client: Client, role: Role) -> None:
    client.force_login(make.site_person(role))
    assert client.get(PAGE).status_code == 404


def test_a_district_moves_no_dates_of_other_plans(client: Client) -> None:
    district = make.coordinator(make.OfficeFactory(jurisdiction__jiangjin=True))
    make.PlanSideFactory(office=district.memberships.get().office)
    client.force_login(district)
    assert client.get(PAGE).status_code == 404
    assert client.post("/api/v1/calendar/", {}, content_type="application/json").status_code == 403
    with time_machine.travel(make.NOW.replace(month=12, day=1), tick=False):
        client.force_login(district)
        desk = client.get("/").content.decode()
    assert "请联系省级协调办公室或系统管理员上传" in desk
    assert f'href="{PAGE}"' not in desk


def test_from_december_a_year_without_a_list_warns(client: Client, keeper: User) -> None:
    make.PlanSideFactory(office=keeper.memberships.get().office)
    client.force_login(keeper)
    warning = "没有2027年的节假日安排"
    assert warning not in client.get("/").content.decode()
    with time_machine.travel(make.NOW.replace(month=12, day=1), tick=False):
        client.force_login(keeper)
        assert warning in client.get("/").content.decode()
        assert client.get("/healthz").json()["calendar"]["missing"] == [2027]
        client.force_login(make.site_person(Role.SYSTEM_ADMIN))
        assert "缺2027年" in client.get("/desk/").content.decode()


def test_the_api_puts_a_year_in_force_too(client: Client, keeper: User) -> None:
    client.force_login(keeper)
    days = [{"day": "2027-01-01", "is_worked": False, "name": "元旦"}]
    body = {"year": 2027, "source": "通知", "days": days}
    answer = client.post("/api/v1/calendar/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert client.get("/api/v1/calendar/2027/").json()["days"] == days
    wrong = {**body, "days": [{"day": "2028-01-01", "is_worked": False}]}
    answer = client.post("/api/v1/calendar/", wrong, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, ["days"])


def test_an_upgrade_is_not_told_of_lists_that_have_no_table_yet(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE units_listedday, units_daylist")
        assert workdays.is_workday(D(2027, 10, 1))
        transaction.set_rollback(True)
    assert caplog.messages == []
