"""Processes: tied to their parent's life, and found again after a crash."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.embedded.account import Account

PR_SET_PDEATHSIG = 1
PROC = Path("/proc")
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PRIVATE = 0o077  # umask of what writes into DATA_DIR
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(signum: int, parent: int) -> None:
    """Have the kernel send `signum` to this process when `parent` ends (Linux only)."""
    if sys.platform != "linux":
        return
    _libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if os.getppid() != parent:  # it ended between fork and prctl
        os.kill(os.getpid(), signum)


@contextmanager
def signals_held() -> Iterator[None]:
    """Let signals that stop us wait while a process is started.

    Python runs hooks of its library around a fork and swallows what is raised in them: the
    KeyboardInterrupt of a signal that came just then would be lost.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def tied(signum: int) -> Callable[[], None]:
    """Return a `preexec_fn`: subprocess runs it after setuid, which clears an earlier wish."""
    parent = os.getpid()

    def tie() -> None:
        die_with_parent(signum, parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)  # see signals_held

    return tie


def spawn_server(
    argv: Sequence[str], *, account: "Account", log: Path, cwd: Path, death_signal: int
) -> subprocess.Popen[bytes]:
    """Start a server as a direct child in a process group of its own, writing to `log`.

    It inherits no terminal and no pipe: `make run | tail` must end when the supervisor ends,
    and Ctrl-C must reach the supervisor alone.
    """
    with open(log, "ab", opener=_no_link) as sink:
        return subprocess.Popen(  # noqa: S603 - our own program
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            cwd=cwd,
            env=account.environment(),
            process_group=0,
            preexec_fn=tied(death_signal),
            **account.popen_arguments(),
        )


def _no_link(path: str, flags: int) -> int:
    """Open without following a link: the folder may belong to another account than ours."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def end(process: subprocess.Popen[bytes], steps: Iterable[tuple[int, float]]) -> None:
    """Send each signal in turn, waiting its seconds, until the process has ended."""
    for signum, seconds in steps:
        if process.poll() is not None:
            return
        process.send_signal(signum)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def pids() -> list[int]:
    """Return the ids of all processes, or none where there is no /proc."""
    try:
        return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]
    except OSError:
        return []


def working_in(folder: Path, program: str) -> list[int]:
    """Return live processes of `program` whose working directory is `folder`.

    Both servers work inside their data folder, so this finds a server or an orphaned backend
    whatever a pid file says; a zombie or a stranger with a reused pid is not found.
    """
    found = []
    for pid in pids():
        with contextlib.suppress(OSError):
            if Path(os.readlink(PROC / str(pid) / "cwd")) != folder.resolve():
                continue
            if program in (PROC / str(pid) / "comm").read_text():
                found.append(pid)
    return found


def marked(name: str, value: str) -> list[int]:
    """Return live processes, not this one, that have `name=value` in their environment."""
    mark = f"{name}={value}".encode()
    found = []
    for pid in pids():
        with contextlib.suppress(OSError):
            if mark in (PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                found.append(pid)
    return [pid for pid in found if pid != os.getpid()]


def end_all(find: Callable[[], list[int]], steps: Iterable[tuple[int, float]]) -> bool:
    """End what `find` finds, signal by signal; say whether nothing is left."""
    for signum, seconds in steps:
        for pid in find():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signum)
        deadline = time.monotonic() + seconds
        while find():
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        else:
            return True
    return not find()


def exit_code(returncode: int) -> int:
    """Translate Popen's negative signal number to the shell's 128 + n."""
    return 128 - returncode if returncode < 0 else returncode


def run_between_signals(argv: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a command in the foreground and return its exit code.

    Ctrl-C reaches the command from the terminal itself; TERM and HUP are passed on.
    """
    before = {number: signal.getsignal(number) for number in STOPPING}
    try:
        with signals_held():
            process = subprocess.Popen(  # noqa: S603 - what the person asked for
                list(argv), env=dict(env), preexec_fn=tied(signal.SIGTERM)
            )
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for number in (signal.SIGTERM, signal.SIGHUP):
                if before[number] is not signal.SIG_IGN:
                    signal.signal(number, lambda signum, _frame: process.send_signal(signum))
        return exit_code(process.wait())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_on_signals() -> None:
    """Have TERM and HUP unwind as Ctrl-C does, so that what was started is stopped.

    A signal that was ignored from the beginning (nohup) stays ignored.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
