"""What is tried with forms that are not one's own, no longer so, or sent twice."""

import datetime
import threading
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from reports.models import Upload
from reports.returns import key
from reports.services import upload_reading, uploads
from tasks.models import Period, ProgressReport
from tasks.services import progress
from tasks.services.entry import Entry
from tasks.states import PeriodState
from tests.factories import (
    NOW,
    MembershipFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    officer,
)
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import (
    apply,
    browser,
    file_of,
    page,
    read_all,
    send,
    sent,
    zipped,
)
from units.models import Membership, User

pytestmark = pytest.mark.django_db
FILLED = {"G5": 80, "I5": "完成。"}


def seen(world: World, upload: Upload) -> str:
    shown = browser(world.by).get(f"/reports/uploads/{upload.pk}/")
    return str(shown.context["form"]["seen"].value())


def post(user: User, upload: Upload, **said: Any) -> Any:
    return browser(user).post(f"/reports/uploads/{upload.pk}/apply/", said)


def test_another_units_form_under_the_own_units_name(world: World) -> None:
    unit = UnitFactory(name="重庆市交通局", jurisdiction=world.unit.jurisdiction)
    ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=unit, side=world.leads[0].side)

    def relabel(book: Any) -> None:
        for row in book.worksheets[0].iter_rows(max_row=4):
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("重庆市能源局", "重庆市交通局")

    path = world.filled(FILLED, relabel)
    upload = sent(browser(officer(unit)), path, "重庆市交通局2026年第3季度回填表.xlsx")
    assert (upload.state, upload.unit) == ("refused", None)
    assert "这是重庆市能源局的回填表" in upload.error


@pytest.mark.parametrize("how", ["cut", "changed", "foreign"])
def test_a_key_that_was_tampered_with(how: str, world: World) -> None:
    def tamper(book: Any) -> None:
        cell = book[key.SHEET]["A1"]
        if how == "cut":
            cell.value = cell.value[:-8]
        elif how == "changed":
            cell.value = cell.value.replace("e", "f", 3)
        else:
            cell.value = key.MARK + "eyJmb3JtYXQiOjF9:forged"

    upload = sent(browser(world.by), world.filled(FILLED, tamper))
    assert (upload.state, upload.unit) == ("refused", None)
    assert "校验信息被改动过" in upload.error


def test_rows_led_to_another_units_task(world: World) -> None:
    other = UnitFactory(name="重庆市交通局", jurisdiction=world.unit.jurisdiction)
    theirs = ResponsibilityFactory(
        task=TaskFactory(plan=world.plan), unit=other, side=world.leads[0].side
    )

    def lead_away(book: Any) -> None:
        page = book.worksheets[0]
        page.cell(5, page.max_column).value = f"L{theirs.pk}"

    upload = sent(browser(world.by), world.filled(FILLED, lead_away))
    assert "这一行不是本单位本季度的任务" in page(browser(world.by), upload)
    assert apply(browser(world.by), upload).status_code == 422
    assert not ProgressReport.objects.exists()


def test_names_that_lead_out_of_the_archive(world: World, files_dir: Any) -> None:
    path = world.filled(FILLED)
    names = ("../../../tmp/evil.xlsx", "/etc/evil2.xlsx", "C:\\evil3.xlsx", "a/../../evil4.xlsx")
    sent(browser(world.by), zipped(world.folder, path, path, path, path, names=names))
    rows = Upload.objects.filter(is_archive=False).order_by("pk")
    assert [row.name for row in rows] == ["evil.xlsx", "evil2.xlsx", "evil3.xlsx", "evil4.xlsx"]
    laid = {one.resolve() for one in files_dir.rglob("*") if one.is_file()}
    assert laid == {row.full_path.resolve() for row in Upload.objects.all()}
    with zipfile.ZipFile(path):
        assert {row.state for row in rows} == {"ready"}


def test_an_archive_within_an_archive(world: World, files_dir: Any) -> None:
    """It could hold others without end; nothing of it is taken."""
    path = world.filled(FILLED)
    inner = zipped(world.folder, path, names=("a.xlsx",)).rename(world.folder / "inner.zip")
    sent(browser(world.by), zipped(world.folder, path, inner, names=("b.xlsx", "c.xlsx")))
    row = Upload.objects.get()
    assert row.state == "refused"
    assert "“c.xlsx”也是压缩包" in row.error
    laid = [one for one in files_dir.rglob("*") if one.is_file()]
    assert laid == [row.full_path]


def test_replayed_once_the_quarter_is_closed(world: World) -> None:
    upload = sent(browser(world.by), world.filled(FILLED))
    looked_at = seen(world, upload)
    Period.objects.filter(pk=world.period.pk).update(
        state=PeriodState.CLOSED, closed_on=datetime.date(2026, 11, 1)
    )
    answer = post(world.by, upload, seen=looked_at, hand_in="on")
    assert answer.status_code == 422
    assert "已关闭" in answer.content.decode()
    assert not ProgressReport.objects.exists()


def test_replayed_once_it_is_handed_in(world: World) -> None:
    client = browser(world.by)
    first = sent(client, world.filled(FILLED))
    second = sent(client, world.filled({"G5": 10, "I5": "另一份。"}))
    looked_at = seen(world, second)
    assert apply(client, first, hand_in="on").status_code == 302
    assert post(world.by, second, seen=looked_at).status_code == 409
    assert apply(client, second).status_code == 422
    assert ProgressReport.objects.get().percent == 80


def test_applied_after_the_post_was_lost(world: World) -> None:
    upload = sent(browser(world.by), world.filled(FILLED))
    looked_at = seen(world, upload)
    client = browser(world.by)
    world.by.memberships.all().delete()
    for end in ("apply", "drop"):
        body = {"seen": looked_at}
        assert client.post(f"/reports/uploads/{upload.pk}/{end}/", body).status_code == 404
    assert client.get(f"/reports/uploads/{upload.pk}/").status_code == 404
    assert not ProgressReport.objects.exists()


def test_cells_of_others_are_not_chosen(world: World) -> None:
    """A key that names another's cell, or one that does not clash, does nothing."""
    client = browser(world.by)
    upload = sent(client, world.filled(FILLED))
    theirs = f"lead-{world.part.pk}-{world.period.pk}-progress"
    mine = f"lead-{world.leads[1].pk}-{world.period.pk}-progress"
    assert apply(client, upload, **{theirs: "sheet", mine: "sheet"}).status_code == 302
    assert ProgressReport.objects.get().responsibility == world.leads[0]


@pytest.mark.django_db(transaction=True)
def test_confirmed_twice_at_once_it_is_written_once(world: World) -> None:
    upload = sent(browser(world.by), world.filled(FILLED))
    looked_at, answers = seen(world, upload), []
    together = threading.Barrier(2)

    def confirm() -> None:
        client = browser(world.by)
        together.wait()
        try:
            body = {"seen": looked_at, "hand_in": "on"}
            answers.append(client.post(f"/reports/uploads/{upload.pk}/apply/", body).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm) for _time in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 422]
    report = ProgressReport.objects.get()
    assert (report.version, report.state) == (1, "submitted")


@pytest.mark.django_db(transaction=True)
def test_somebody_types_online_at_the_very_moment(world: World) -> None:
    """Both write the same row: one of them is told, and nothing of the form is half there."""
    upload = sent(browser(world.by), world.filled({**FILLED, "G6": 5, "I6": "另一项。"}))
    looked_at = seen(world, upload)
    answers: list[object] = []
    together = threading.Barrier(2)

    def online() -> None:
        together.wait()
        try:
            on_line = Entry(percent=60, progress="网上的。")
            progress.save_draft(
                world.leads[1], world.period, on_line, by=world.by, now=NOW, version=0
            )
        except ValidationError as error:
            answers.append(f"online: {error.messages}")
        finally:
            connection.close()

    def by_form() -> None:
        together.wait()
        try:
            answers.append(post(world.by, upload, seen=looked_at).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for one in (online, by_form)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = dict(ProgressReport.objects.values_list("responsibility", "percent"))
    first, second = world.leads[0].pk, world.leads[1].pk
    assert found in ({second: 60}, {first: 80, second: 5})
    assert (302 in answers) == (first in found)


def test_what_was_sent_through_a_post_that_has_ended(world: World, office: User) -> None:
    """An archive holds what many units wrote; who is elsewhere now does not take it any more."""
    client = browser(office)
    send(client, file_of(zipped(world.folder, world.filled(FILLED))))
    read_all()
    row = Upload.objects.get(is_archive=True)
    Upload.objects.update(uploaded_at=NOW - datetime.timedelta(days=9))
    address = f"/reports/uploads/{row.pk}/"
    officer_of = UnitFactory(name="重庆市交通局", jurisdiction=world.unit.jurisdiction)
    MembershipFactory(unit=officer_of, user=office)
    assert client.get(f"{address}file/").getvalue()[:2] == b"PK"
    gone = world.period.plan.sides.order_by("order")[0].office
    ended = Membership.objects.filter(user=office, office=gone)
    ended.update(until=NOW.date() - datetime.timedelta(days=2))
    assert {client.get(address + end).status_code for end in ("", "file/")} == {404}
    Upload.objects.update(uploaded_at=NOW)  # and one that ended on the very day
    ended.update(until=NOW.date() - datetime.timedelta(days=1))
    assert client.get(f"{address}file/").status_code == 404
    ended.update(until=None)
    assert client.get(f"{address}file/").getvalue()[:2] == b"PK"


def test_more_than_one_person_may_have_waiting(
    world: World, office: User, files_dir: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers read for everybody: what comes by an archive is counted as what is sent."""
    monkeypatch.setattr(uploads, "MOST_UNREAD", 3)
    client, path = browser(office), world.filled(FILLED)
    names = ("a.xlsx", "b.xlsx", "c.xlsx")
    send(client, file_of(zipped(world.folder, path, path, path, names=names)))
    archive = Upload.objects.get()
    upload_reading.read_upload(archive.pk, now=NOW)
    archive.refresh_from_db()
    assert archive.state == "refused"
    assert "有1个文件等待读取，最多3个" in archive.error
    assert send(client, *(file_of(path) for _turn in range(3))).status_code == 302
    answer = send(client, file_of(path))
    assert answer.status_code == 422
    assert "您有3个文件等待读取，最多3个，请等读完后再上传。" in answer.content.decode()
    assert Upload.objects.count() == 4
    laid = {one for one in files_dir.rglob("*") if one.is_file()}
    assert laid == {row.full_path for row in Upload.objects.all()}
    assert send(browser(world.by), file_of(path)).status_code == 302  # everybody for themself


def test_more_than_one_person_may_keep(world: World, settings: Any, files_dir: Any) -> None:
    settings.RETURN_QUOTA_MB = 1
    first = sent(browser(world.by), world.filled(FILLED))
    Upload.objects.filter(pk=first.pk).update(size=(1 << 20) - 100)
    answer = send(browser(world.by), file_of(first.full_path))
    assert answer.status_code == 422
    assert "您上传的文件已占0 MB，最多1 MB（保留180天）" in answer.content.decode()
    assert [one for one in files_dir.rglob("*") if one.is_file()] == [first.full_path]
