"""The drill: back up a site at work, restore it into another database, compare everything."""

import json
import logging
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.doors.world import build
from tests.tracker.test_backup import elsewhere as elsewhere
from tests.tracker.test_backup import manage
from units.models import AuditEntry
from units.services import audit, seals

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
LOG = logging.getLogger(__name__)
ENTRIES = 3000
WRITERS = 4


def test_a_site_at_work_comes_back_whole(elsewhere: str, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    build(settings.FILES_DIR)
    for number in range(ENTRIES):
        audit.record("test.made", None, by=None, after={"数": number})
    seals.seal()
    stop = threading.Event()
    writers = [threading.Thread(target=_write, args=(stop,)) for _n in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        call_command("backup", output=tmp_path / "backups", stdout=StringIO())
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    folder = next((tmp_path / "backups").iterdir())
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert told["chain"]["entries"] >= ENTRIES
    done = manage(elsewhere, tmp_path / "new", "restore", "--from", str(folder))
    assert done.returncode == 0, done.stderr
    LOG.info("%s", done.stdout)
    rows = sum(table["rows"] for table in told["tables"].values())
    assert f"{len(told['tables'])}张表、{rows}行、{len(told['files'])}个文件" in done.stdout
    for words in (["seal_audit"], ["verify_audit"], ["check", "--database", "default"]):
        after = manage(elsewhere, tmp_path / "new", *words)
        assert after.returncode == 0, after.stderr
    kept = f"{told['chain']['number']}:{told['chain']['digest']}"
    known = manage(elsewhere, tmp_path / "new", "verify_audit", "--head", kept)
    assert known.returncode == 0, known.stderr
    assert AuditEntry.objects.count() > told["tables"]["units_auditentry"]["rows"]


def _write(stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            audit.record("test.meanwhile", None, by=None)
            seals.seal()
    finally:
        connection.close()
