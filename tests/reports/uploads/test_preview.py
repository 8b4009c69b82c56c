"""A large preview: page by page, by kind, and what is to be chosen on each page."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.models import Upload
from tasks.models import ProgressReport
from tasks.services import progress
from tasks.services.entry import Entry
from tests.factories import NOW, ResponsibilityFactory, TaskFactory
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import apply, browser, page, sent

pytestmark = pytest.mark.django_db
FIRST = 5  # the row of the first task


def grown(world: World, number: int) -> None:
    for _task in range(number):
        side = world.leads[0].side
        task = TaskFactory(plan=world.plan)
        world.leads.append(ResponsibilityFactory(task=task, unit=world.unit, side=side))


def values(rows: int, **others: Any) -> dict[str, Any]:
    filled = {f"{column}{FIRST + n}": say for n in range(rows) for column, say in said(n).items()}
    return filled | others


def said(number: int) -> dict[str, Any]:
    return {"G": number % 100, "I": f"进展{number:03}号。"}


def shown_rows(text: str) -> int:
    return text.count('class="card preview-row')


def test_every_row_is_on_a_page(world: World) -> None:
    grown(world, 117)
    client = browser(world.by)
    upload = sent(client, world.filled(values(120)))
    address = f"/reports/uploads/{upload.pk}/"
    pages = [client.get(f"{address}?page={n}").content.decode() for n in (1, 2, 3)]
    assert [shown_rows(text) for text in pages] == [50, 50, 20]
    for number in range(120):
        assert f"进展{number:03}号。" in pages[number // 50]
    assert "共120项" in pages[0]


def test_wrong_rows_come_first_and_kinds_can_be_chosen(world: World) -> None:
    grown(world, 57)
    client = browser(world.by)
    path = world.filled(values(60, G64="很多"))
    upload = sent(client, path)
    text = page(client, upload)
    assert text.index("很多") < text.index("进展000号。")
    address = f"/reports/uploads/{upload.pk}/"
    wrong = client.get(f"{address}?change=wrong").content.decode()
    assert shown_rows(wrong) == 1
    new = client.get(f"{address}?change=new").content.decode()
    assert shown_rows(new) == 50
    assert "很多" not in new
    assert shown_rows(client.get(f"{address}?change=bogus&page=x").content.decode()) == 0


def test_what_is_to_be_chosen_stands_on_every_page(world: World) -> None:
    grown(world, 57)
    client = browser(world.by)
    path = world.filled(values(60))
    last = world.leads[-1]
    on_line = Entry(percent=7, progress="网上的。")
    progress.save_draft(last, world.period, on_line, by=world.by, now=NOW)
    upload = sent(client, path)
    key = f'name="lead-{last.pk}-{world.period.pk}-progress"'
    address = f"/reports/uploads/{upload.pk}/"
    for query in ("", "?page=2", "?change=new", "?change=wrong"):
        assert key in client.get(address + query).content.decode()


def test_pages_of_a_refused_confirmation_lead_to_the_preview(world: World) -> None:
    grown(world, 57)
    client = browser(world.by)
    upload = sent(client, world.filled(values(60)))
    answer = client.post(f"/reports/uploads/{upload.pk}/apply/", {"seen": "other"})
    assert answer.status_code == 409
    assert f'href="/reports/uploads/{upload.pk}/?page=2"' in answer.content.decode()


def test_more_clashes_than_anybody_chooses_are_decided_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.services.upload_preview.MOST_CHOICES", 1)
    client = browser(world.by)
    path = world.filled(values(3))
    for side in world.leads[:3]:
        on_line = Entry(percent=1, progress="网上的。")
        progress.save_draft(side, world.period, on_line, by=world.by, now=NOW)
    upload = sent(client, path)
    text = page(client, upload)
    assert "另有2行没有逐格列出" in text
    assert apply(client, upload, all_over="on").status_code == 302
    found = ProgressReport.objects.order_by("percent").values_list("progress", flat=True)
    assert list(found) == ["进展000号。", "进展001号。", "进展002号。"]


def test_a_page_takes_as_many_queries_for_many_rows(world: World) -> None:
    client = browser(world.by)

    def queries(upload: Upload) -> int:
        client.get(f"/reports/uploads/{upload.pk}/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"/reports/uploads/{upload.pk}/")
        return len(found)

    few = queries(sent(client, world.filled(values(2))))
    grown(world, 40)
    assert queries(sent(client, world.filled(values(42)))) == few
