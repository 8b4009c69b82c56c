"""Reads `doors.txt`: every address × method × object, and what each person gets there."""

from dataclasses import dataclass
from pathlib import Path

from tests.doors.world import PEOPLE

FILE = Path(__file__).with_name("doors.txt")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What one gets in at without a log-in.
PUBLIC = {"login", "password_link", "set_language", "set_theme", "healthz", "api:token"}


@dataclass(frozen=True)
class Door:
    """An address, the words that it is made with, a method, and the answer for each person."""

    name: str
    words: tuple[str, ...]
    method: str
    pattern: str
    answers: dict[str, str]

    @property
    def is_api(self) -> bool:
        """Whether programs use it."""
        return self.name.startswith("api:") or self.name == "api-schema"

    @property
    def key(self) -> str:
        """The row in few words."""
        return " ".join((self.method, self.name, *self.words))


def read(text: str) -> list[Door]:
    """The rows; ValueError for what cannot be read."""
    patterns: dict[str, dict[str, str]] = {}
    doors: list[Door] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        first, *cells = (cell.strip() for cell in line.split("|"))
        if first.startswith("="):
            answers = _answers(cells[0])
            if patterns.setdefault(first[1:].strip(), answers) is not answers:
                raise ValueError(f"twice: {line}")
        else:
            words, method, pattern = cells
            answers = patterns.get(pattern) or _answers(pattern)
            doors.append(Door(first, tuple(words.split()), method, pattern, answers))
    unused = patterns.keys() - {door.pattern for door in doors}
    keys = [door.key for door in doors]
    if unused or len(keys) != len(set(keys)):
        raise ValueError(f"unused patterns: {unused}; twice: {len(keys) - len(set(keys))}")
    return doors


def _answers(text: str) -> dict[str, str]:
    """The answer for each person; ValueError for too few or too many."""
    return dict(zip(PEOPLE, text.split(), strict=True))


TABLE = read(FILE.read_text(encoding="utf-8"))
NAMES = {door.name for door in TABLE}


def pages() -> dict[str, Door]:
    """By name the first row of each address, that of GET where it has one."""
    found: dict[str, Door] = {}
    for door in sorted(TABLE, key=lambda door: door.method != "GET"):
        found.setdefault(door.name, door)
    return found
