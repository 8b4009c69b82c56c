"""Make .venv and install the pinned requirements when they changed.

Runs as a script of its own with whatever Python the machine has
(`python3 -I tracker/bootstrap.py runtime|dev`): standard library only, and old syntax on top so
that an old Python can still say what is missing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
REQUIREMENTS = {
    "runtime": ("requirements.txt",),
    "dev": ("requirements.txt", "requirements-dev.txt"),
}


def main(kind: str) -> int:
    """Bring .venv up to date for `kind` of use."""
    if sys.version_info < OLDEST:
        return with_newer_python()
    with one_at_a_time():
        if not make_venv():
            return 1
        wanted = digest(kind)
        stamp = VENV / f".installed-{kind}"
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            return 0
        if not install(REQUIREMENTS[kind][-1]):
            return 1
        for other in REQUIREMENTS if kind == "dev" else (kind,):
            (VENV / f".installed-{other}").write_text(digest(other), encoding="ascii")
    return 0


def with_newer_python() -> int:
    """Go on with a newer Python of the machine, if there is one."""
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, "-X", "utf8", "-I", *sys.argv])  # noqa: S606 - same script
    found = ".".join(map(str, sys.version_info[:2]))
    say(f"需要 Python 3.11 或更新的版本，本机的 python3 是 {found}。")
    return 1


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep a second make out of .venv while one installs."""
    VENV.mkdir(exist_ok=True)
    with (VENV / ".lock").open("w", encoding="ascii") as lock:
        with contextlib.suppress(OSError):  # some network file systems have no locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_venv() -> bool:
    """Make the environment unless a working one is there."""
    if works(PYTHON):
        return True
    say("建立 Python 环境 .venv …")
    made = subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-m", "venv", "--clear", str(VENV)], check=False
    )
    if made.returncode == 0 and works(PYTHON):
        return True
    say("建不了 .venv：请先安装 Python 的 venv 模块（Debian：apt install python3-venv）。")
    return False


def works(python: Path) -> bool:
    """Say whether the environment's Python starts, is new enough and has pip."""
    script = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        tried = subprocess.run([str(python), "-I", "-c", script], check=False)  # noqa: S603
    except OSError:
        return False
    return tried.returncode == 0 and any(VENV.glob("lib/python3*/site-packages/pip"))


def install(requirements: str) -> bool:
    """Install by pip, which shows its own progress on a terminal."""
    say(f"安装 Python 包（{requirements}，首次约需一分钟）…")
    begun = time.monotonic()
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    pip += ["--quiet", "--progress-bar", "on" if sys.stdout.isatty() else "off"]
    done = subprocess.run([*pip, "-r", requirements], cwd=ROOT, check=False)  # noqa: S603
    if done.returncode != 0:
        say("Python 包没有装全：请检查网络后重试。")
        return False
    say(f"Python 包就绪（{time.monotonic() - begun:.1f} 秒）")
    return True


def digest(kind: str) -> str:
    """Return a digest of the requirements of one kind."""
    texts = [(ROOT / name).read_bytes() for name in REQUIREMENTS[kind]]
    version = ".".join(map(str, sys.version_info[:2]))
    return hashlib.sha256(b"\0".join([version.encode(), *texts])).hexdigest()


def say(text: str) -> None:
    """Write a line for the person."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
