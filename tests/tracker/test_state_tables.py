"""docs/states.md says what the tables say, and every table is whole."""

from typing import Any

import pytest

from tracker import state_tables

TABLES = list(state_tables.tables())


def test_the_page_is_up_to_date() -> None:
    told = state_tables.path().read_text(encoding="utf-8")
    assert told == state_tables.page(), "run manage.py draw_states"


def test_the_tables_are_found() -> None:
    names = {name.rpartition(".")[2] for name, _states, _moves in TABLES}
    assert {"TASK_MOVES", "ENDING_MOVES", "REPORT_MOVES", "REQUEST_MOVES", "RUN_MOVES"} <= names


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table[0])
def test_every_state_has_its_row_and_is_reached(table: tuple[str, Any, Any]) -> None:
    _name, states, moves = table
    assert set(moves) == set(states)
    reached = {next(iter(states))}
    while more := {to for state in reached for to in moves[state]} - reached:
        reached |= more
    assert reached == set(states)
