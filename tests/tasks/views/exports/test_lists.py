"""Every list with columns: all of them stand on the page and in the workbook, by page and API."""

import io
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tasks.columns import TASK_LIST
from tasks.services.late import Band
from tests import factories as make
from tests.doors.knock import enter
from tests.doors.world import World
from tests.kept import kept_world
from tests.query_counts.grow import grow
from tests.tasks.views.exports.conftest import table
from tracker.lib.lists import LISTS, ListOf
from units.columns import LOG_LIST
from units.models import AuditEntry, ColumnChoice, User
from units.services import exports

LOGS = {"units:audit": "units:audit_export", "tasks:records": "tasks:records_export"}
API = {
    TASK_LIST.page: "task",
    "tasks:overdue": "overdue",
    "tasks:targets": "target",
    "tasks:observations": "observation",
    "tasks:findings": "finding",
    "tasks:extensions": "extension",
    "tasks:notices": "notice",
    "tasks:units": "unit",
    "tasks:urges": "urge",
    "tasks:calls": "phone-call",
    "tasks:assignments": "assignment",
    "tasks:contacts": "contact",
    "units:people": "person",
}
WITHOUT = {
    "pager.html": "the pager itself",
    # Queues and work of the day: what they hold is exported from the lists of tasks and records.
    "requests.html": "people who wait for an account: what is known of them stays in the system",
    "mine.html": "its workbook is the form that comes back",
    "signing.html": "what waits for one's signature",
    "contributions.html": "what is asked of one's unit",
    "samples.html": "draws; each has its page of rows, which prints",
    "plans.html": "the list of tasks names the plan of each",
    # Parts of one thing's page.
    "_detail_history.html": "exported as 记录",
    "_detail_related.html": "exported as 任务",
    # Workbooks of their own, of fixed columns.
    "_preview_rows.html": "tasks:preview_excel",
    "_matrix.html": "a sheet of 季度汇总",
    # About workbooks and messages themselves.
    "runs.html": "runs of books",
    "schedules.html": "schedules of books",
    "_preview_lines.html": "lines of a workbook that was sent in",
    "_sent.html": "forms that were sent in",
    "deliveries.html": "messages and what became of them: for who keeps the system",
}
WHO = {LOG_LIST.page: "audit"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: Any, files: Path) -> Iterator[World]:
    with kept_world(django_db_blocker, files, lambda world: grow(world, 2)) as built:
        yield built


@pytest.fixture
def world(_built: World, db: None, settings: Any, files: Path) -> Iterator[World]:
    settings.FILES_DIR = files
    with time_machine.travel(make.NOW, tick=False):
        yield deepcopy(_built)


def person(world: World, of: ListOf) -> User:
    user: User = world.people[WHO.get(of.page, "coord")]
    return user


def browser(world: World, of: ListOf) -> Client:
    return enter(world, WHO.get(of.page, "coord"))


def keys(of: ListOf, user: User) -> str:
    return ",".join(head.key for head in of.offered(user))


def heads(of: ListOf, user: User) -> list[str]:
    return of.sheet(of.offered(user)).heads()


def test_every_list_takes_every_column(world: World) -> None:
    for page, of in sorted(LISTS.items()):
        user, client = person(world, of), browser(world, of)
        query = {"columns": keys(of, user), "state": "all"}
        if page not in {"tasks:urges"}:
            query.pop("state")
        shown = client.get(reverse(page), query)
        assert shown.status_code == 200, page
        assert [head.key for head in shown.context["heads"]] == keys(of, user).split(","), page
        assert "data-columns" in shown.text, page
        more = "&file=xlsx" if page in LOGS else ""
        rows = table(client.get(shown.context["excel_url"] + more))
        wanted = heads(of, user)
        if page == "tasks:overdue":  # the date bears the name that the kind of row has
            assert len(rows[2]) == len(wanted)
        else:
            assert [cell for cell in rows[2] if cell] == wanted, page
        paginator = getattr(shown.context.get("page"), "paginator", None)
        if paginator is not None:
            assert paginator.count > 0, page
            assert f"共{paginator.count}行" in str(rows[1]), page
            assert len(rows) == 3 + paginator.count, page


def test_the_api_takes_the_same_columns(world: World) -> None:
    for page, name in API.items():
        of = LISTS[page]
        user, client = person(world, of), browser(world, of)
        address = reverse(f"api:{name}-export")
        answer = client.get(address, {"columns": keys(of, user)})
        rows = table(answer)
        assert [cell for cell in rows[2] if cell] == heads(of, user), page
        assert rows[3][0] is not None, page
        assert client.get(address, {"columns": "secret"}).status_code == 400, page
        assert client.get(address, {"page": "2"}).status_code == 400, page
        assert AuditEntry.objects.filter(verb=of.verb, after__list=page).exists(), page


@pytest.mark.parametrize(
    ("page", "query", "own"),
    [
        ("tasks:list", {"light": "overdue", "ordering": "-number"}, {}),
        ("tasks:list", {"unreported": "2026Q3"}, {}),
        ("tasks:overdue", {"kind": "overdue", "search": "能源"}, {"of": "all"}),
        ("tasks:overdue", {"kind": "overdue", "band": str(Band.LONG)}, {"of": "all"}),
        ("tasks:contacts", {"search": "能源", "role": "lead"}, {}),
    ],
)
def test_the_api_takes_the_filters_of_the_page(
    world: World, page: str, query: dict[str, str], own: dict[str, str]
) -> None:
    """`own` are the page's alone: with them it chooses what the API gives anyway."""
    client = enter(world, "coord")
    shown = table(client.get(reverse(f"{page}_excel"), query | own))[2:]
    told = table(client.get(reverse(f"api:{API[page]}-export"), query))[2:]
    assert sorted(map(str, shown[1:])) == sorted(map(str, told[1:]))
    if "ordering" in query:
        assert shown == told
    every = table(client.get(reverse(f"{page}_excel"), own))[2:]
    assert len(shown) > 1 or page == "tasks:overdue"
    assert len(shown) < len(every) or "kind" in query


def test_the_logs_are_the_same_by_the_api(world: World) -> None:
    for page, name, who in (
        ("units:audit", "audit", "audit"),
        ("tasks:records", "record", "coord"),
    ):
        of, user, client = LISTS[page], world.people[who], enter(world, who)
        address, query = reverse(f"api:{name}-export"), {"columns": keys(of, user)}
        rows = table(client.get(address, {**query, "file": "xlsx"}))
        assert rows[2] == heads(of, user), page
        assert rows[3][0] is not None, page
        mine = table(client.get(reverse(f"{page}_export"), {**query, "file": "xlsx"}))
        assert mine[2] == rows[2], page
        assert mine[-1] == rows[-1], page
        lines: Any = client.get(address, query)
        text = b"".join(lines.streaming_content).decode("utf-8-sig")
        assert text.startswith(",".join(heads(of, user))), page
        told = table(client.get(address, {"file": "xlsx", "since": "2020-01-01"}))[1][0]
        assert "2020-01-01" in told, page
        assert client.get(address, {"file": "pdf"}).status_code == 400, page
        assert client.get(address, {"columns": "secret"}).status_code == 400, page
        assert enter(world, "officer").get(address).status_code == 403, page


@pytest.mark.parametrize("at_once", [1, 3])
def test_rows_told_by_turns_are_the_same(
    world: World, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rows are read at once, the sheet holds all of them, in the same order."""
    for page, of in sorted(LISTS.items()):
        client, user = browser(world, of), person(world, of)
        query = {"columns": keys(of, user)}
        query |= {"state": "all"} if page == "tasks:urges" else {}
        query |= {"file": "xlsx"} if page in LOGS else {}
        address = reverse(LOGS.get(page, f"{page}_excel"))
        whole = table(client.get(address, query))
        with monkeypatch.context() as turned:
            turned.setattr(exports, "AT_ONCE", at_once)
            turns = table(client.get(address, query))
        if page in LOGS:  # the first taking is a line of the second
            turns = turns[:3] + turns[len(turns) - len(whole) + 3 :]
            whole[1] = turns[1]
        assert turns == whole, page
        assert len(whole) > 4, page


def test_a_tick_among_the_filters_says_what_is_asked_for(world: World) -> None:
    client = enter(world, "coord")
    assert table(client.get("/contacts/excel/"))[1][0] == "未设筛选条件"
    assert table(client.get("/contacts/excel/", {"missing": "on"}))[1][0] == "只看未填的"


def test_every_list_has_its_workbook_or_a_reason() -> None:
    """What is shown page by page and has no workbook is named here, with why."""
    without = set()
    for folder in ("tracker", "units", "tasks", "reports"):
        for path in Path(folder).glob("templates/**/*.html"):
            text = path.read_text()
            if "components/pager.html" in text and "components/columns.html" not in text:
                without.add(path.name)
    assert without == set(WITHOUT)


def test_too_many_rows_are_a_conflict_for_programs(world: World, settings: Any) -> None:
    settings.EXPORT_ROWS = 1
    answer = enter(world, "coord").get("/api/v1/tasks/export/")
    assert answer.status_code == 409
    assert "请加筛选条件后再导出" in answer.json()["detail"]


def test_a_column_for_others_is_neither_offered_nor_taken(world: World) -> None:
    client = enter(world, "none")
    page = client.get("/overdue/", {"kind": "overdue"})
    offered = [box.head.key for box in page.context["chooser"].boxes]
    assert "days" in offered
    assert "reminded" not in offered
    assert "提醒天数" not in table(client.get(page.context["excel_url"]))[2]
    asked = {"columns": "reminded,days"}
    assert client.get("/overdue/excel/", asked).status_code == 302
    assert client.get("/api/v1/overdue/export/", asked).status_code == 400
    client.post("/columns/", {"page": "tasks:overdue", "column": ["reminded", "days"]})
    assert not ColumnChoice.objects.exists()
    assert "提醒天数" in table(enter(world, "coord").get("/overdue/excel/", asked))[2]


def test_no_progress_of_others_and_no_more_of_people_than_may_leave(world: World) -> None:
    of = LISTS["units:people"]
    found = heads(of, world.people["coord"])
    assert found == ["姓名", "职务", "任职", "办公电话", "账号"]
    close = table(enter(world, "coord").get("/tasks/excel/"))
    far = table(enter(world, "stranger").get("/tasks/excel/"))
    told = {cell for row in close[3:] for cell in row[4:8] if isinstance(cell, int)}
    assert told
    assert not {cell for row in far[3:] for cell in row[4:8] if isinstance(cell, int)}


def test_in_english(world: World) -> None:
    client = enter(world, "coord")
    client.post("/language/", {"language": "en"})
    answer = client.get("/tasks/excel/", {"light": "overdue"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    words = str(list(book.worksheets[0].iter_rows(max_row=3, values_only=True)))
    assert "List of tasks" in words
    assert "Exported from the system on" in words
    rest = words.replace(str(world.people["coord"]), "")
    assert not [sign for sign in rest if "\u4e00" <= sign <= "\u9fff"], rest
