"""`.ci/run` with a PATH of its own: what it says and how it ends."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.embedded.conftest import ROOT

TOOLS = ("bash", "grep", "tr", "id", "mktemp", "tee", "rm", "tail", "dirname", "cat")
PROGRAMS = ("chromium", "soffice", "pdftoppm")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with what .ci/run calls, neither apt-get nor dpkg-query among it."""
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (tmp_path / name).symlink_to(found)
    for name in (*PROGRAMS, "python3", "make"):
        put(tmp_path / name, "")
    return tmp_path


def put(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(programs: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script
        [str(programs / "bash"), ".ci/run"],
        cwd=ROOT,
        env={"PATH": str(programs), "TMPDIR": os.environ.get("TMPDIR", "/tmp")} | env,  # noqa: S108
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_ci_wants_every_program_also_where_there_is_no_dpkg(programs, name):
    (programs / name).unlink()
    refused = run(programs, CI="true")
    assert refused.returncode == 1
    assert f"Missing: {name}" in refused.stderr
    assert run(programs).returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        "=== 1 failed, 8 passed, 3 deselected in 75.10s (0:01:15) ===",
        "=== 3 deselected in 0.10s ===",
        "=== 2 errors in 1.20s ===",
        "=== no tests ran in 0.01s ===",
    ],
)
def test_the_closing_line_of_pytest_comes_last(programs, line):
    put(
        programs / "make",
        f'case "$*" in *test*) echo "{line}"; echo "make: Error 5"; exit 5;; esac',
    )
    done = run(programs, CI="true")
    assert done.returncode == 5
    assert done.stdout.splitlines()[-1] == line


def test_a_failed_check_ends_it(programs):
    put(programs / "make", 'echo "$*"; case "$*" in *check*) exit 2;; esac')
    done = run(programs)
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["-s check"]
