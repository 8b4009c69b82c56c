"""What the two servers have in common: leftovers ended, started, waited for, stopped."""

import abc
import shutil
import signal
import subprocess
import time
from collections import deque
from pathlib import Path

from tracker.embedded.place import Place
from tracker.embedded.process import end, end_all, signals_held, spawn_server, working_in
from tracker.embedded.refusal import Refusal

START_SECONDS = 120.0  # recovery after a crash may take long
LEFTOVER_STEPS = (
    (0, 5.0),  # told by the kernel already; give it the time to write down what it has
    (signal.SIGTERM, 5.0),
    (signal.SIGQUIT, 5.0),
    (signal.SIGKILL, 5.0),
)
LOG_BYTES = 10_000_000
MIB = 2**20
ROOM = 16 * MIB  # one more file of PostgreSQL's log; with less it may not even recover


class Server(abc.ABC):
    """A server as a direct child of this process."""

    name: str
    program: str
    stop_steps: tuple[tuple[int, float], ...]
    death_signal: int

    def __init__(self, place: Place, data: Path, log: Path) -> None:
        self.place = place
        self.data = data
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    @abc.abstractmethod
    def prepare(self) -> None:
        """Make the data folder ready."""

    @abc.abstractmethod
    def argv(self) -> list[str]:
        """Return the command line."""

    @abc.abstractmethod
    def answers(self) -> bool:
        """Say whether it can be used."""

    def furnish(self) -> None:
        """Do what has to be done in the running server."""
        return

    def start(self) -> None:
        """Start it and wait until it answers."""
        if not end_all(lambda: working_in(self.data, self.program), LEFTOVER_STEPS):
            raise Refusal(f"{self.data} 仍被上次遗留的 {self.name} 进程占用，无法结束它。")
        self._ask_for_room()
        self.prepare()
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with signals_held():
            self.process = spawn_server(
                self.argv(),
                account=self.place.account,
                log=self.log,
                cwd=self.place.home,
                death_signal=self.death_signal,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None:
                raise Refusal(f"{self.name} 没有启动：{self._last_words()}（详见 {self.log}）")
            if time.monotonic() > deadline:
                self.stop()
                seconds = int(START_SECONDS)
                raise Refusal(f"{self.name} 在 {seconds} 秒内没有应答，详见 {self.log}。")
            time.sleep(0.03)
        self.furnish()

    def stop(self) -> None:
        """Stop it; harmless when it is not running."""
        if self.process is not None:
            end(self.process, self.stop_steps)
            self.process = None

    def has_died(self) -> bool:
        """Say whether it was started and has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def _ask_for_room(self) -> None:
        """Refuse a full disk by its name: what fails on it later names everything else."""
        free = shutil.disk_usage(self.place.home).free
        if free < ROOM:
            raise Refusal(
                f"{self.place.home} 所在的磁盘只剩 {free // MIB} MiB，{self.name} 至少要 "
                f"{ROOM // MIB} MiB 才能启动。请清出空间后再启动；已有的数据没有改动。"
            )

    def _last_words(self) -> str:
        try:
            with self.log.open(encoding="utf-8", errors="replace") as lines:
                return "；".join(line.strip() for line in deque(lines, 3) if line.strip())
        except OSError:
            return "没有日志"
