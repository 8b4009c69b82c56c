"""What was laid down to be sent in and came into no row: its worker or web process was killed."""

import datetime
import os
from pathlib import Path

import pytest

from reports.services import sweeping
from tests.factories import NOW
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import browser, sent

pytestmark = pytest.mark.django_db


def test_what_came_into_no_row_goes_after_a_day(world: World, files_dir: Path) -> None:
    upload = sent(browser(world.by), world.filled({"G5": 80}))
    folder = upload.full_path.parent
    stray, fresh, half = (folder / name for name in ("a.xlsx", "b.xlsx", ".tmp-c.xlsx"))
    for path in (stray, fresh, half):
        path.write_bytes(b"PK")
    long_ago = (NOW - datetime.timedelta(days=2)).timestamp()
    for path in (stray, half, upload.full_path):
        os.utime(path, (long_ago, long_ago))
    os.utime(fresh, (NOW.timestamp(), NOW.timestamp()))
    assert sweeping.clear_uploads(now=NOW) == 2
    assert set(folder.iterdir()) == {upload.full_path, fresh}
