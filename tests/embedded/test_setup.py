"""The parts that make ready before anything else works."""

import hashlib
import json
import re

import pytest

from tests.embedded.conftest import ROOT, finish
from tracker import bootstrap, frontend

VENDOR = ROOT / "tracker" / "static" / "vendor"


def test_the_lock_file_names_no_host():
    text = (ROOT / "package-lock.json").read_text()
    lock = json.loads(text)
    parts = {name: part for name, part in lock["packages"].items() if name}
    assert all("resolved" not in part and part["integrity"] for part in parts.values())
    assert parts.keys() >= {f"node_modules/{name}" for name in lock["packages"][""]["dependencies"]}


def test_the_front_end_parts_are_there_and_load_nothing_from_elsewhere():
    listed = json.loads((ROOT / "package.json").read_text())["tracker"]
    for name in listed["files"]:
        text = (VENDOR / name).read_text()
        assert "sourceMappingURL" not in text
        assert not re.search(r"(?:url\(|@import|importScripts\()\s*[\"']?(?:https?:)?//", text)
    sprite = (VENDOR / "icons.svg").read_text()
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == listed["icons"]


def test_a_second_set_up_does_nothing():
    stamp = VENDOR / frontend.STAMP
    before = stamp.stat().st_mtime_ns
    assert frontend.main() == 0
    assert stamp.stat().st_mtime_ns == before


def test_requirements_are_installed_again_only_when_they_change(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("a==1\n")
    first = bootstrap.digest("runtime")
    assert bootstrap.digest("runtime") == first
    (tmp_path / "requirements.txt").write_text("a==2\n")
    assert bootstrap.digest("runtime") != first
    assert len(first) == len(hashlib.sha256().hexdigest())


@pytest.mark.parametrize("target", ["run", "test", "check", "fix", "bench", "faults", "help"])
def test_make_lists_its_targets(target):
    assert f"make {target} " in finish("make").stdout
