"""What an officer fills in of a report: each field is named here, once.

Form, pages, API and audit entry, the code on a sign sheet and what a closing keeps follow from it.
"""

from dataclasses import dataclass, fields
from typing import Any, Self

from tasks.models import ProgressReport
from tasks.services.history import shown

MAX_TEXT = 4000


@dataclass(frozen=True)
class Entry:
    """What an officer fills in. `percent` may be missing in a draft.

    The form, the pages, the API and the audit entry hold each of these fields, with the name that
    the model gives it.
    """

    percent: int | None = None
    progress: str = ""
    problems: str = ""
    next_steps: str = ""
    coordination: str = ""
    coordination_owner: str = ""
    no_news: bool = False

    @classmethod
    def of(cls, report: ProgressReport) -> Self:
        """What a stored report says."""
        return cls(**{name: getattr(report, name) for name in FIELDS})


FIELDS = tuple(part.name for part in fields(Entry))
TEXTS = tuple(part.name for part in fields(Entry) if part.type is str)
# How many characters a text may have; the model's own bound where it has one.
LIMITS = {
    name: getattr(ProgressReport._meta.get_field(name), "max_length", None) or MAX_TEXT
    for name in TEXTS
}
# On pages these two stand together at the top; each of the others has a row of its own.
HEAD = ("percent", "no_news")
ROWS = tuple(name for name in FIELDS if name not in HEAD)


def label_of(name: str) -> str:
    """What a field is called, by the model."""
    return str(_field(name).verbose_name)


def words_of(report: ProgressReport | None, name: str) -> str:
    """A field's value as pages show it; empty where there is none."""
    return shown(_field(name), getattr(report, name, None))


def _field(name: str) -> Any:
    return ProgressReport._meta.get_field(name)
