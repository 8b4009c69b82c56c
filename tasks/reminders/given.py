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

    urgency: int  # the rule's
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
    """That a person has, in a unit or in the office of a plan's side, what a verb asks for.

    Those of a body stand in the order in which they are told.
    """

    role: int
    body: int
    part: int
    person: int


class RungRow(NamedTuple):
    """Whom a rule tells at this place of its verbs, and where they are led."""

    rule: str
    urgency: int
    rank: int
    verb: str
    role: int
    is_office: bool
    path: str


class PlanRow(NamedTuple):
    """What a notice remembers of a plan."""

    id: int
    name: str


TYPES: dict[type[tuple[Any, ...]], tuple[str, ...]] = {
    StepRow: (
        "int",
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
    HolderRow: ("int", "bigint", "bigint", "bigint"),
    RungRow: ("text", "int", "int", "text", "int", "boolean", "text"),
    PlanRow: ("bigint", "text"),
}


def as_table(
    shape: type[tuple[Any, ...]], rows: Sequence[tuple[Any, ...]]
) -> tuple[str, list[Any]]:
    """The rows as a query, with their place, and its values: one list a column."""
    types = TYPES[shape]
    lists = ", ".join(f"%s::{one}[]" for one in types)
    names = ", ".join(shape._fields)  # type: ignore[attr-defined]
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _type in types]
    sql = f"SELECT * FROM unnest({lists}) WITH ORDINALITY AS given({names}, place)"  # noqa: S608 - names of this file
    return sql, values
