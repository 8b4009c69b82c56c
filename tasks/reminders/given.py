"""What the program knows and the day's statement joins: rows that are handed in with it."""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple


class DatesRow(NamedTuple):
    """Dates that subjects of a word have in a plan; `word` is its place in the list."""

    word: int
    plan: int
    due_on: datetime.date
    since: datetime.date
    plans: bool  # due by the plan's end alone


class StepRow(NamedTuple):
    """The step that a rule's subjects with these dates have reached."""

    rule: str
    word: int
    plan: int
    due_on: datetime.date
    since: datetime.date
    plans: bool
    step: int
    reached_on: datetime.date
    days: int
    told: int  # the holders of how many verbs
    is_early: bool  # before the plan's reminders begin


class HolderRow(NamedTuple):
    """That a person has, in a unit or in the office of a plan's side, what a verb asks for."""

    role: str
    body: int
    part: int
    person: int
    place: int


class RungRow(NamedTuple):
    """Whom a rule tells at this place of its verbs, and where they are led."""

    rule: str
    urgency: int
    rank: int
    verb: str
    role: str
    is_office: bool
    path: str


class PlanRow(NamedTuple):
    """What a notice remembers of a plan."""

    id: int
    name: str


TYPES: dict[type[tuple[Any, ...]], tuple[str, ...]] = {
    StepRow: (
        "text",
        "int",
        "bigint",
        "date",
        "date",
        "boolean",
        "int",
        "date",
        "int",
        "int",
        "boolean",
    ),
    HolderRow: ("text", "bigint", "bigint", "bigint", "int"),
    RungRow: ("text", "int", "int", "text", "text", "boolean", "text"),
    PlanRow: ("bigint", "text"),
}


def as_table(
    shape: type[tuple[Any, ...]], rows: Sequence[tuple[Any, ...]]
) -> tuple[str, list[Any]]:
    """The rows as a query, with its values: one list a column."""
    types = TYPES[shape]
    lists = ", ".join(f"%s::{one}[]" for one in types)
    names = ", ".join(shape._fields)  # type: ignore[attr-defined]
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _type in types]
    return f"SELECT * FROM unnest({lists}) AS given({names})", values  # noqa: S608 - names of this file
