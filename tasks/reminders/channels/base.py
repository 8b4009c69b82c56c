"""What every channel is: it takes a message to one address, or says why it could not."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Item:
    """One thing of a message: what is said, by when, and where it is done."""

    sentence: str
    due: str
    url: str


@dataclass(frozen=True)
class Attached:
    """A file that goes along with a mail."""

    name: str
    content: bytes
    mime: str


@dataclass(frozen=True)
class Message:
    """What is sent. `id` is the same at each attempt, so that a double can be told to be one.

    `short` is for where there is room for one or two sentences alone; `files` for mail alone.
    """

    id: str
    subject: str
    text: str
    short: str = ""
    html: str = ""
    items: tuple[Item, ...] = ()
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class To:
    """Where to: a mail address, a robot's address with its secret, a number with a name."""

    address: str
    secret: str = ""
    name: str = ""
    account: str = ""


class Refused(Exception):
    """Not taken for good: another attempt would get the same answer."""


class Unreachable(Exception):
    """Not taken now; to be tried again. `whole`: the channel is away, not this message alone."""

    def __init__(self, reason: str, *, whole: bool = False) -> None:
        super().__init__(reason)
        self.whole = whole


class Channel(Protocol):
    """One way of telling."""

    def send(self, message: Message, to: To) -> None:
        """Return when it was taken; else Refused or Unreachable."""
