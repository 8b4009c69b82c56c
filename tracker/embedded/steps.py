"""Progress for the person: a line a step, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Detail:
    """What a step wants said at its end."""

    def __init__(self) -> None:
        self.text = ""


@contextmanager
def step(label: str) -> Iterator[Detail]:
    """Say that a step has been done and how long it took."""
    begun = time.monotonic()
    on_terminal = sys.stdout.isatty()
    if on_terminal:
        say(f"  … {label}", end="\r")
    detail = Detail()
    yield detail
    tail = f"：{detail.text}" if detail.text else ""
    line = f"  ✓ {label}（{time.monotonic() - begun:.1f} 秒）{tail}"
    say(f"\033[K{line}" if on_terminal else line)


def say(text: str, end: str = "\n") -> None:
    """Write to standard output at once."""
    sys.stdout.write(f"{text}{end}")
    sys.stdout.flush()
