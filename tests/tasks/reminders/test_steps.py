"""Steps against a calendar counted by hand."""

import datetime

import pytest

from tasks.reminders.steps import Reached, reached

D = datetime.date
BEFORE = (-7, -3, -1, 0)
AFTER = (1, 3, 7)


@pytest.mark.parametrize(
    ("today", "step", "on"),
    [
        # 2025Q4 is due on Monday 12 January 2026. New Year is 1 to 3 January and Sunday the 4th
        # is worked: 9, 8, 7, 6, 5, 4 January, 31 December.
        (D(2025, 12, 30), None, None),
        (D(2025, 12, 31), -7, D(2025, 12, 31)),
        (D(2026, 1, 4), -7, D(2025, 12, 31)),
        (D(2026, 1, 6), -7, D(2025, 12, 31)),
        (D(2026, 1, 7), -3, D(2026, 1, 7)),
        (D(2026, 1, 9), -1, D(2026, 1, 9)),
        (D(2026, 1, 11), -1, D(2026, 1, 9)),
        (D(2026, 1, 12), 0, D(2026, 1, 12)),
    ],
)
def test_before(today: D, step: int | None, on: D | None) -> None:
    expected = None if step is None or on is None else Reached(step, on)
    assert reached(D(2026, 1, 12), BEFORE, 0, today) == expected


@pytest.mark.parametrize(
    ("today", "step", "on"),
    [
        # Due on Wednesday 30 September 2026; 1 to 7 October is off, Saturday the 10th is worked.
        (D(2026, 10, 7), None, None),
        (D(2026, 10, 8), 1, D(2026, 10, 8)),
        (D(2026, 10, 9), 1, D(2026, 10, 8)),
        (D(2026, 10, 10), 3, D(2026, 10, 10)),
        (D(2026, 10, 14), 3, D(2026, 10, 10)),
        (D(2026, 10, 15), 7, D(2026, 10, 15)),
        (D(2026, 11, 11), 7, D(2026, 10, 15)),
        (D(2026, 11, 12), 27, D(2026, 11, 12)),
        (D(2026, 12, 9), 27, D(2026, 11, 12)),
        (D(2026, 12, 10), 47, D(2026, 12, 10)),
    ],
)
def test_after_and_every_twenty(today: D, step: int | None, on: D | None) -> None:
    expected = None if step is None or on is None else Reached(step, on)
    assert reached(D(2026, 9, 30), AFTER, 20, today) == expected


def test_no_repeat_ends_with_the_last_step() -> None:
    assert reached(D(2026, 9, 30), AFTER, 0, D(2028, 9, 30)) == Reached(7, D(2026, 10, 15))
