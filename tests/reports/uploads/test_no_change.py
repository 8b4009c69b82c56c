"""What changes nothing is told so and waits for nobody; what cannot be done says what to do."""

import pytest

from reports.models import Upload
from tasks.models import Period, ProgressReport
from tasks.services import progress
from tasks.services.entry import Entry
from tasks.states import PeriodState, TaskState
from tests.factories import NOW
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import browser, file_of, page, read_all, send, sent
from tests.reports.uploads.test_api import client_of
from tracker.lib.excel import guard
from tracker.lib.excel.slots import slot
from units.models import User

pytestmark = pytest.mark.django_db


def test_forms_that_change_nothing_wait_for_nobody(world: World) -> None:
    client = browser(world.by)
    same = world.form().rename(world.folder / "same.xlsx")
    other = world.filled({"G5": 80, "I5": "完成。"})
    send(client, file_of(same), file_of(other))
    read_all()
    rows = list(Upload.objects.order_by("pk"))
    assert [(row.state, row.changes_nothing) for row in rows] == [("ready", True), ("ready", False)]
    shown = client.get(f"/reports/forms/?batch={rows[0].batch}").content.decode()
    assert "有1份待确认，其中1份没有疑问" in shown
    assert "待确认 1" in " ".join(shown.split())
    assert "无变化 1" in " ".join(shown.split())
    assert "无须确认，也不必作废" in page(client, rows[0])
    assert client.post(f"/reports/forms/batches/{rows[0].batch}/").status_code == 302
    assert [row.state for row in Upload.objects.order_by("pk")] == ["ready", "applied"]
    after = client.get(f"/reports/forms/?batch={rows[0].batch}").content.decode()
    assert "待确认" not in after
    assert client.post(f"/reports/forms/batches/{rows[0].batch}/").status_code == 404
    told = client_of(world.by).get("/api/v1/uploads/").json()["results"]
    assert {one["name"]: one["changes_nothing"] for one in told} == {
        "same.xlsx": True,
        other.name: False,
    }


def test_what_is_wrong_or_to_be_chosen_waits(world: World) -> None:
    client = browser(world.by)
    path = world.filled({"G5": 80, "I5": "表中的。"})
    on_line = Entry(percent=60, progress="网上的。")
    progress.save_draft(world.leads[0], world.period, on_line, by=world.by, now=NOW)
    assert not sent(client, path).changes_nothing
    assert not sent(client, world.filled({"G5": "八成"})).changes_nothing


def test_a_task_that_has_ended_says_what_to_do(world: World) -> None:
    side = world.leads[0]
    path = world.filled({"G5": 80, "I5": "完成。"})
    side.state, side.state_since = TaskState.CLOSED, world.period.opens_on
    side.save(update_fields=["state", "state_since"])
    client = browser(world.by)
    shown = page(client, sent(client, path))
    assert "无须填报。这一行请改回下载时的内容；确需填报的，请与协调办公室联系。" in shown


def test_a_report_under_review_says_what_to_do(world: World) -> None:
    path = world.filled({"G5": 80, "I5": "完成。"})
    entry = Entry(percent=60, progress="网上的。")
    progress.submit(world.leads[0], world.period, entry, by=world.by, now=NOW)
    client = browser(world.by)
    assert "请协调办公室退回后再填" in page(client, sent(client, path))


def test_marked_copies_wait_for_their_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": "八成多"}))
    monkeypatch.setattr(guard, "PATIENCE", 0)
    monkeypatch.setattr(guard, "MARKERS", 1)
    with slot("marker", most=1, patience=0):
        answer = client.get(f"/reports/uploads/{upload.pk}/marked/", follow=True)
        assert "请稍后再试" in answer.content.decode()
        assert answer.status_code == 200
        told = client_of(world.by).get(f"/api/v1/uploads/{upload.pk}/marked/")
        assert told.status_code == 429
        assert "请稍后再试" in told.content.decode()
    assert (
        client.get(f"/reports/uploads/{upload.pk}/marked/")
        .headers["Content-Type"]
        .startswith("application/vnd")
    )


def test_closed_quarters_are_offered_as_far_as_they_can_be_filled_in(
    world: World, office: User
) -> None:
    """The same as the page of what is to be filled in says."""
    Period.objects.filter(pk=world.period.pk).update(state=PeriodState.CLOSED, closed_on=NOW.date())
    client = browser(world.by)
    address = f"/reports/forms/2026Q3/{world.unit.pk}/"
    assert address in client.get("/reports/forms/").content.decode()
    assert "可补报" in client.get("/fill/").content.decode()
    for side in world.leads:
        report = ProgressReport.objects.filter(responsibility=side, period=world.period)
        if not report.exists():
            entry = Entry(percent=60, progress="完成。")
            progress.submit(side, world.period, entry, by=world.by, now=NOW)
    shown = client.get("/reports/forms/").content.decode()
    assert address not in shown
    assert "补报" not in shown
    assert "没有可补报、补录的季度" in client.get("/fill/").content.decode()
    assert "2026年第3季度（补报）" in browser(office).get("/reports/forms/").content.decode()
