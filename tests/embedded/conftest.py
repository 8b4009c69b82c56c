"""The supervisor as a person meets it: a program started in a folder, with an environment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
WITH = (sys.executable, "-m", "tracker.embedded", "with", "--fast")
Launch = Callable[..., subprocess.Popen[str]]


def clean_env(**more: str) -> dict[str, str]:
    """An environment that names no server, as a newcomer's."""
    kept = {name: value for name, value in os.environ.items() if name in INHERITED}
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return kept | measured | more


def finish(*argv: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(  # noqa: S603 - our own programs
        [str(part) for part in argv],
        cwd=ROOT,
        env=clean_env(**more),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def wait_for(what: Callable[[], object], seconds: float = 120) -> bool:
    """Wait until `what` is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


def at_work_in(folder: Path) -> list[int]:
    """Processes that work in a folder or name it on their command line, this one apart."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
            place = os.readlink(entry / "cwd")
        except OSError:
            continue
        if str(folder).encode() in words or place.startswith(str(folder)):
            found.append(int(entry.name))
    return found


def hear_all() -> None:
    """Hear the signals of a person, also where the runner of the tests was told to ignore them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A DATA_DIR that the servers' account can reach, also when tests run as root.

    Not below pytest's own folder: each session that starts closes that to other accounts.
    """
    with TemporaryDirectory(prefix="tanzetong-data-") as name:
        Path(name).chmod(0o711)
        folder = Path(name).resolve() / "data"
        yield folder
        assert wait_for(lambda: not at_work_in(folder)), "processes were left behind"


@pytest.fixture
def launch(data_dir: Path) -> Iterator[Launch]:
    """Start programs; whatever still runs at the end is killed, before DATA_DIR is looked at."""
    started: list[subprocess.Popen[str]] = []

    def start(
        *argv: object, stdout: int | IO[str] = subprocess.DEVNULL, **more: str
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            [str(part) for part in argv],
            cwd=ROOT,
            env=clean_env(**more),
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=hear_all,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@contextmanager
def serving(launch: Launch, data_dir: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Hold servers open on a DATA_DIR, until the block ends or a test ends them itself."""
    process = launch(*WITH, "--data-dir", data_dir, "--", "sleep", "300", **more)
    assert wait_for((data_dir / "servers.json").exists), process.poll()
    yield process
    process.terminate()
    process.wait(30)
