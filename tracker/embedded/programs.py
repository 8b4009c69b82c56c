"""Web, worker, beat and mailbox of the Procfile, run by honcho until one of them ends."""

import functools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.process import Popen, Process

from tracker.embedded.process import PRIVATE, die_with_parent

KILL_SECONDS = 15.0  # the worker gives a running job 10
WATCH_SECONDS = 0.5
START_SECONDS = 10.0


class Program(Process):  # type: ignore[misc] # honcho has no types
    """A program that ends when the supervisor is gone, however that went."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._supervisor = os.getpid()

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Run between two deaths: the supervisor's ends this relay, the relay's the program."""
        die_with_parent(signal.SIGKILL, self._supervisor)
        tie = functools.partial(die_with_parent, signal.SIGTERM, os.getpid())
        self._child_ctor = functools.partial(Popen, preexec_fn=tie, umask=PRIVATE)
        super().run(events, ignore_signals)


class LeaderFirst:
    """Ends a program by its first process: a worker lets its children finish their job."""

    def terminate(self, pid: int) -> None:
        """Ask the first process alone."""
        _send(os.kill, pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        """End the whole session."""
        _send(os.killpg, pid, signal.SIGKILL)


class Programs(Manager):  # type: ignore[misc] # honcho has no types
    """honcho's manager, with hang-up, watching the servers, and a limit on stopping."""

    def __init__(self, *, dead_server: Callable[[], str | None], ready: Callable[[], None]) -> None:
        multiprocessing.set_start_method("fork", force=True)
        super().__init__()
        self._process_ctor = Program
        self._procmgr = LeaderFirst()
        self._dead_server = dead_server
        self._ready = ready
        self._patience = time.monotonic() + START_SECONDS

    def loop(self) -> None:
        """Run until the person or a program ends it."""
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup keeps it running
            signal.signal(signal.SIGHUP, _as_term)
        super().loop()

    def terminate(self) -> None:
        """Ask all programs to end, once all are there to be asked; kill them in the end."""
        if not self._all_started() and time.monotonic() < self._patience:
            _later(0.1, self.terminate)
            return
        for name, state in self._processes.items():
            if "pid" not in state:
                self._set_stopped(name)
        super().terminate()
        _later(KILL_SECONDS, self.kill)
        _later(KILL_SECONDS + 3, self._give_up)

    def say(self, text: str) -> None:
        """Write a line among those of the programs."""
        self._system_print(f"{text}\n")

    def _start(self) -> None:
        super()._start()
        # Threads only now: the programs' relays are forked from a process without any.
        threading.Thread(target=self._watch, daemon=True).start()
        threading.Thread(target=self._ready, daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        silent: set[str] = set()
        ended = None
        while ended is None and not pause.wait(WATCH_SECONDS):
            # A relay that was killed says nothing; one that ended has its word in the queue,
            # so only the second look counts.
            now = self._silent()
            ended = self._dead_server() or next(iter(silent & now), None)
            silent = now
        if ended is not None and ended in self._processes:
            self._set_stopped(ended)
        self.say(f"{ended} 意外停止，全部停下；再运行一次即可，已保存的数据不受影响。")
        self.returncode = 1
        self.terminate()

    def _silent(self) -> set[str]:
        """Return the programs whose relay is gone without having said how they ended."""
        return {
            name
            for name, state in self._processes.items()
            if "returncode" not in state and not state["process"].is_alive()
        }

    def _give_up(self) -> None:
        """Wait no longer for words that do not come: a kill may have broken the queue."""
        for name, state in self._processes.items():
            if "returncode" not in state:
                state["process"].kill()
                self._set_stopped(name)

    def _set_stopped(self, name: str) -> None:
        """Take a program as ended; whatever is left of it is found by its mark afterwards."""
        self._processes[name].setdefault("pid", 0)
        self._processes[name]["returncode"] = -signal.SIGKILL


def add_procfile(
    manager: Programs, procfile: Path, names: Mapping[str, str], env: Mapping[str, str]
) -> None:
    """Add the Procfile's programs and those of `names`, all in the checkout."""
    found = parse_procfile(procfile.read_text(encoding="utf-8")).processes
    for name, line in {**found, **names}.items():
        manager.add_process(name, f"exec {line}", env=dict(env), cwd=str(procfile.parent))


def _as_term(_signum: int, _frame: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def _later(seconds: float, work: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()


def _send(send: Callable[[int, int], None], pid: int, signum: int) -> None:
    try:
        send(pid, signum)
    except ProcessLookupError:
        return
