"""A sheet that was sorted is written in the order in which a closing takes its locks."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import ProgressReport
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import apply, browser, file_of, read_all, send, sent
from units.models import User

pytestmark = pytest.mark.django_db
LOCK = re.compile(r'"tasks_responsibility"\."id" = (\d+).* FOR (?:NO KEY )?UPDATE')


def turned(book: Any) -> None:
    """The last task first."""
    sheet = book.worksheets[0]
    for upper, lower in zip(sheet[5], sheet[7], strict=True):
        upper.value, lower.value = lower.value, upper.value


def test_sides_are_locked_by_their_ids(world: World) -> None:
    client = browser(world.by)
    values = {
        f"{column}{row}": value
        for row in (5, 6, 7)
        for column, value in {"G": 10 * row, "I": f"第{row}行。"}.items()
    }
    upload = sent(client, world.filled(values, turned))
    assert (upload.state, upload.counts["new"]) == ("ready", 3)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert apply(client, upload).status_code == 302
    locked = [int(found[1]) for one in asked if (found := LOCK.search(one["sql"]))]
    assert set(locked) == {side.pk for side in world.leads}
    assert locked == sorted(locked)
    assert ProgressReport.objects.get(responsibility=world.leads[0]).percent == 50


def test_a_reason_that_is_too_long_is_told_and_nothing_is_written(
    world: World, office: User
) -> None:
    client, path = browser(office), world.filled({"G5": 80, "I5": "代填。"})
    send(client, file_of(path), file_of(path, "又一份.xlsx"))
    read_all()
    batch = client.get("/reports/forms/").context["page"].object_list[0].batch
    answer = client.post(f"/reports/forms/batches/{batch}/", {"reason": "长" * 501}, follow=True)
    assert "代填的原因和依据：" in answer.content.decode()
    assert not ProgressReport.objects.exists()
