"""A real SMTP server that counts what it takes, and does to its callers what the dice say."""

import asyncio
import email
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.tasks.reminders.conftest import free_port

OK = "250 OK"
TAKEN_AND_SILENT = ("hang_after", "drop_after")
DATA_FAULTS = ("hang_before", "drop_before", "busy", "refuse", *TAKEN_AND_SILENT)


@dataclass
class Post:
    """What came of each message, by Message-ID.

    `unanswered` counts how often a message was taken whose sender was told nothing: in flight at a
    fault of this server. `pause` is the longest time in seconds before a mail is taken, and again
    before that is said.
    """

    dice: random.Random
    pause: float = 0.05
    hang: float = 30.0
    taken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unanswered: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    injected: Counter[str] = field(default_factory=Counter)
    begun: int = 0
    passed: bool = False  # the fault that waits has let one chance go by
    waiting: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    closing: threading.Event = field(default_factory=threading.Event)
    controller: Controller | None = None

    # --- as aiosmtpd calls it ---------------------------------------------------------------------

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if self._turn("greeting"):
            return ["421 closing"]
        return responses

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=default)
        name, to = str(message["Message-ID"]), str(message["To"])
        self.begun += 1
        fault = self._turn(*DATA_FAULTS)
        await asyncio.sleep(self.dice.random() * self.pause)
        if fault == "busy":
            return "451 try later"
        if fault == "refuse":
            self.refused.add(name)
            return "550 no such user"
        if fault in ("hang_before", "drop_before"):
            return await self._leave(server, fault)
        self.taken[name].append(to)
        if fault in TAKEN_AND_SILENT:
            self.unanswered[name] += 1
            return await self._leave(server, fault)
        await asyncio.sleep(self.dice.random() * self.pause)
        return OK

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        fault = self._turn("drop_quit", "hang_quit")
        if fault:
            return await self._leave(server, fault)
        return "221 Bye"

    async def _leave(self, server: Any, fault: str) -> str:
        """Say nothing for longer than anybody waits, or close without a word."""
        until = asyncio.get_running_loop().time() + (self.hang if "hang" in fault else 0)
        while asyncio.get_running_loop().time() < until and not self.closing.is_set():
            if server.transport is None or server.transport.is_closing():
                break
            await asyncio.sleep(0.05)
        if server.transport is not None:
            server.transport.abort()
        return "421 gone"

    def _turn(self, *kinds: str) -> str:
        """The next fault if it is one of these: at this chance, or as the dice say at the next."""
        if not self.waiting or self.waiting[0] not in kinds:
            return ""
        self.passed = not self.passed and self.dice.random() < 0.5
        if self.passed:
            return ""
        fault = self.waiting.pop(0)
        self.injected[fault] += 1
        return fault

    # --- for the test -----------------------------------------------------------------------------

    def expect(self, faults: Iterable[str]) -> None:
        """These are to come, in this order, each at the next or the second moment that fits."""
        self.waiting.extend(faults)

    def open(self) -> None:
        """Listen, on the port of before."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self) -> None:
        """Refuse connections."""
        if self.controller is not None:
            self.closing.set()
            self.controller.stop()
            self.closing.clear()
            self.controller = None


@contextmanager
def serving(post: Post) -> Iterator[Post]:
    """The server is there."""
    post.open()
    try:
        yield post
    finally:
        post.close()
