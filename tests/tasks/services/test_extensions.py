"""延期 through pages: asked in time, granted, refused, withdrawn; the first date stays."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from rest_framework.test import APIClient

from tasks.models import Extension
from tasks.services import extensions, notices
from tasks.services.extensions import Grant
from tasks.states import TaskState
from tests.api.conftest import Cast
from tests.factories import NOW, MembershipFactory, NoticeFactory
from units.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = datetime.date
LATER = DAY(2027, 6, 30)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def dated(cast: Cast) -> Cast:
    """The side has a date of its own, not past."""
    cast.chongqing.due_on = DAY(2026, 12, 31)
    cast.chongqing.save()
    return cast


def ask(cast: Cast, day: DAY = LATER) -> Extension:
    return extensions.ask(cast.chongqing, new_due=day, reason="用地未批", by=cast.lead, now=NOW)


def grant(row: Extension, **values: Any) -> dict[str, Any]:
    return {"due_on": row.new_due.isoformat(), "version": row.version, **values}


def test_asked_and_granted_to_another_date(dated: Cast, client: Client) -> None:
    cast = dated
    client.force_login(cast.lead)
    path = f"/duties/{cast.chongqing.pk}/extension/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"new_due": "2027-06-30", "reason": "用地未批"}).status_code == 302
    row = cast.chongqing.extensions.get()
    told = NoticeFactory(
        subject=notices.task_subject(cast.chongqing.pk), due_on=row.from_due, recipient=cast.lead
    )
    client.force_login(cast.coordinator)
    assert f"/extensions/{row.pk}/" in client.get("/extensions/").content.decode()
    client.post(f"/extensions/{row.pk}/grant/", grant(row, due_on="2027-03-31"))
    row.refresh_from_db()
    cast.chongqing.refresh_from_db()
    told.refresh_from_db()
    assert (row.state, row.granted_due, row.from_due) == (
        "granted",
        DAY(2027, 3, 31),
        DAY(2026, 12, 31),
    )
    assert cast.chongqing.due_on == DAY(2027, 3, 31)
    assert told.settled
    entry = AuditEntry.objects.get(verb="duty.extend")
    assert (entry.before, entry.after) == ({"due_on": "2026-12-31"}, {"due_on": "2027-03-31"})
    page = client.get(f"/tasks/{cast.task.pk}/").content.decode()
    assert "最初时限2026-12-31，现时限2027-03-31，已延期1次" in page


def test_several_in_a_row_are_a_history(dated: Cast, client: Client) -> None:
    cast = dated
    for day in (DAY(2027, 3, 31), DAY(2027, 9, 30)):
        extensions.grant(ask(cast, day), by=cast.coordinator, now=NOW)
        cast.chongqing.refresh_from_db()
    client.force_login(cast.stranger)
    page = client.get(f"/tasks/{cast.task.pk}/").content.decode()
    assert "最初时限2026-12-31，现时限2027-09-30，已延期2次" in page


def test_too_late_says_the_date_and_what_to_do(dated: Cast, client: Client) -> None:
    cast = dated
    cast.chongqing.due_on = DAY(2026, 11, 19)
    cast.chongqing.save()
    client.force_login(cast.lead)
    path = f"/duties/{cast.chongqing.pk}/extension/"
    assert "完成时限2026-11-19已过，不能再申请延期" in client.get(path).content.decode()
    answer = client.post(path, {"new_due": "2027-06-30", "reason": "用地未批"})
    assert answer.status_code == 422
    assert "申请办结" in answer.content.decode()
    assert not Extension.objects.exists()
    cast.chongqing.due_on = DAY(2026, 11, 20)  # the day itself is not past
    cast.chongqing.save()
    assert client.post(path, {"new_due": "2027-06-30", "reason": "用地未批"}).status_code == 302


def test_the_plans_date_wants_who_approved_it(cast: Cast, client: Client) -> None:
    row = ask(cast, DAY(2031, 6, 30))
    assert row.from_plans
    client.force_login(cast.coordinator)
    path = f"/extensions/{row.pk}/grant/"
    answer = client.post(path, grant(row))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "须填写批准机关" in page
    assert "须填写批准文号" in page
    client.post(
        path, grant(row, approving_body="重庆市人民政府", approval_number="渝府[2026]012号")
    )
    row.refresh_from_db()
    assert (row.state, row.approval_number) == ("granted", "渝府〔2026〕12号")


def test_beyond_the_plans_end_wants_the_same(dated: Cast, client: Client) -> None:
    row = ask(dated, DAY(2031, 6, 30))
    client.force_login(dated.coordinator)
    answer = client.post(f"/extensions/{row.pk}/grant/", grant(row))
    assert answer.status_code == 422
    assert "批准时限超过方案期限2030-12-31，须填写批准机关" in answer.content.decode()


@pytest.mark.parametrize("day", ["9999-12-31", "2101-01-01"])
def test_a_slip_in_the_year_is_told_and_not_stored(dated: Cast, day: str) -> None:
    typed, program = Client(), APIClient()
    typed.force_login(dated.lead)
    body: dict[str, Any] = {"new_due": day, "reason": "用地未批"}
    refused = typed.post(f"/duties/{dated.chongqing.pk}/extension/", body)
    assert refused.status_code == 422
    assert "年份应在1900至2100之间" in refused.content.decode()
    program.force_authenticate(dated.lead)
    body["responsibility"] = dated.chongqing.pk
    answer = program.post("/api/v1/extensions/", body, format="json")
    assert answer.status_code == 400
    assert "年份应在1900至2100之间" in str(answer.json())
    assert not Extension.objects.exists()


def test_a_date_is_not_moved_of_a_side_that_has_ended(dated: Cast, client: Client) -> None:
    row = ask(dated)
    dated.chongqing.state = TaskState.CLOSED
    dated.chongqing.save()
    client.force_login(dated.coordinator)
    answer = client.post(f"/extensions/{row.pk}/grant/", grant(row))
    assert answer.status_code == 422
    assert "已销号，不能批准延期" in answer.content.decode()
    dated.chongqing.refresh_from_db()
    assert dated.chongqing.due_on == DAY(2026, 12, 31)
    refusal = {"reason": "已销号。", "version": row.version}
    assert client.post(f"/extensions/{row.pk}/refuse/", refusal).status_code == 302


def test_refused_with_a_reason_the_date_stays(dated: Cast, client: Client) -> None:
    row = ask(dated)
    client.force_login(dated.coordinator)
    path = f"/extensions/{row.pk}/refuse/"
    assert client.post(path, {"reason": "", "version": row.version}).status_code == 422
    client.post(path, {"reason": "请按期完成", "version": row.version})
    row.refresh_from_db()
    dated.chongqing.refresh_from_db()
    assert (row.state, row.decision_reason) == ("refused", "请按期完成")
    assert dated.chongqing.due_on == DAY(2026, 12, 31)


def test_who_asked_withdraws_and_does_not_decide(dated: Cast, client: Client) -> None:
    row = ask(dated)
    office = dated.plan.sides.get(jurisdiction__code="500000").office
    MembershipFactory(user=dated.lead, role="coordinator", unit=None, office=office)
    with pytest.raises(PermissionDenied):
        extensions.grant(row, by=dated.lead, now=NOW)
    with pytest.raises(PermissionDenied):
        extensions.grant(row, by=dated.coordinator_sichuan, now=NOW)
    client.force_login(dated.lead)
    client.post(f"/extensions/{row.pk}/withdraw/", {"version": row.version})
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert ask(dated).state == "asked"  # may ask anew


def test_own_unit_is_marked(dated: Cast) -> None:
    row = ask(dated)
    MembershipFactory(user=dated.coordinator, unit=dated.chongqing.unit)
    done = extensions.grant(row, Grant(), by=dated.coordinator, now=NOW)
    assert done.own_office_review


def test_one_at_a_time_and_not_by_a_stranger(dated: Cast, client: Client) -> None:
    ask(dated)
    client.force_login(dated.lead)
    path = f"/duties/{dated.chongqing.pk}/extension/"
    assert "已有待审批的延期申请" in client.get(path).content.decode()
    client.force_login(dated.stranger)
    assert client.get(path).status_code == 404
    row = dated.chongqing.extensions.get()
    assert client.get(f"/extensions/{row.pk}/").status_code == 404


def test_a_date_that_was_changed_meanwhile_is_told(dated: Cast, client: Client) -> None:
    row = ask(dated)
    dated.chongqing.due_on = DAY(2027, 1, 31)
    dated.chongqing.save()
    client.force_login(dated.coordinator)
    answer = client.post(f"/extensions/{row.pk}/grant/", grant(row))
    assert answer.status_code == 422
    assert "申请之后完成时限已改" in answer.content.decode()
