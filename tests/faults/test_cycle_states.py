"""Random legal and illegal moves by random people over a small plan, checked after each.

After every move: each state stands in its table and was reached by a legal move; a report's text
is the last that was accepted, in a version one higher than the one that was read; what changed
is on record, what was refused changed nothing; people see what the table in
docs/who-sees-what.md says; the roll-up counts what there is.

The moves stand in moves.py.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tasks import policy
from tasks.models import Ending, Extension, Period, ProgressReport, Responsibility
from tasks.services import progress, rollup
from tasks.services.progress import Entry
from tasks.services.rollup import By
from tasks.states import (
    ENDING_MOVES,
    EXTENSION_MOVES,
    HANDED_IN_STATES,
    REPORT_MOVES,
    TASK_MOVES,
    EndingState,
    ExtensionState,
    ReportState,
    TaskState,
)
from tests.factories import (
    NOW,
    TODAY,
)
from tests.faults.moves import MOVES, Cast, Nothing, Try, version_of
from tracker.lib.workdays import Quarter
from units.models import AuditEntry, User

# Changed through services alone, and what of them makes a change.
TABLES: Mapping[type[Any], Mapping[Any, frozenset[Any]]] = {
    ProgressReport: REPORT_MOVES,
    Responsibility: TASK_MOVES,
    Ending: ENDING_MOVES,
    Extension: EXTENSION_MOVES,
}
FIRST: Mapping[type[Any], set[Any]] = {
    ProgressReport: {ReportState.DRAFT, ReportState.SUBMITTED},
    Responsibility: {TaskState.NOT_STARTED},
    Ending: {EndingState.CLAIMED},
    Extension: {ExtensionState.ASKED},
}
KEPT = {
    ProgressReport: ("state", "version", *progress.FIELDS, "reviewed_by_id", "return_reason"),
    Responsibility: ("state", "due_on"),
    Ending: ("state", "version"),
    Extension: ("state", "version"),
    Period: ("state", "closed_on"),
}
Row = tuple[Any, ...]
Picture = dict[tuple[type[Any], int], Row]


# Those that rest on a version of the report that was read.
ON_REPORTS = ("save", "submit", "approve", "return", "ask to sign", "sign")


class Cycle(RuleBasedStateMachine):
    """The moves, and what holds after each."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.cast = Cast.make()
        self.texts: dict[int, Entry] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    @rule(
        name=st.sampled_from(sorted(MOVES)),
        who=st.integers(0, 7),
        place=st.integers(0, 3),
        percent=st.one_of(st.none(), st.integers(-1, 101)),
        words=st.sampled_from(["", " \x00 ", "已完成前期工作。", "已开工建设。", "=1+1"]),
        reads=st.booleans(),
    )
    def move(
        self, name: str, who: int, place: int, percent: int | None, words: str, reads: bool
    ) -> None:
        """One attempt by anybody: it is done whole and on record, or nothing is changed."""
        self.attempt(name, self.cast.people[who], place, percent, words, reads=reads)

    @rule(
        place=st.integers(0, 3),
        percent=st.integers(0, 100),
        names=st.lists(st.sampled_from(sorted(MOVES)), min_size=1, max_size=4),
    )
    def by_the_right_people(self, place: int, percent: int, names: list[str]) -> None:
        """Attempts by whom they are for, so that the later states are reached."""
        unit = self.cast.people[2:5] if place % 2 == 0 else self.cast.people[5:8]
        for name in names:
            for person in unit:
                self.attempt(name, person, place, percent, "已完成前期工作。", reads=True)

    def attempt(
        self, name: str, by: User, place: int, percent: int | None, words: str, *, reads: bool
    ) -> None:
        if reads:
            self.cast.read.clear()
        else:
            stale = ProgressReport.objects.values_list("pk", "version")
            self.cast.read = {pk: self.cast.read.get(pk, version) for pk, version in stale}
        one = Try(self.cast, by, place, percent, words)
        before, entries = picture(), AuditEntry.objects.count()
        seen = version_of(one)
        try:
            with transaction.atomic():
                MOVES[name](one)
        except Nothing:
            return
        except (PermissionDenied, ValidationError):
            assert picture() == before, f"{name}: refused, and changed all the same"
            assert AuditEntry.objects.count() == entries
            return
        DONE.add(name)
        after = picture()
        changed = {key for key in after if after[key] != before.get(key)}
        if changed:
            assert AuditEntry.objects.count() > entries, f"{name}: changed and not on record"
        check_moves(before, after, changed, name)
        if name in ON_REPORTS:
            self.check_read(one, name, seen, before)

    def check_read(self, one: Try, name: str, seen: int, before: Picture) -> None:
        """Nobody's text is written over, signed or judged unseen."""
        report = ProgressReport.objects.get(responsibility=one.side, period=one.cast.period)
        was = before.get((ProgressReport, report.pk))
        stood = was[1] if was else 0
        assert seen == stood, f"{name}: another version than the one that was read"
        if name in ("save", "submit"):
            assert report.version == stood + 1
            self.texts[report.pk] = Entry.of(report)

    @invariant()
    def no_edit_is_lost(self) -> None:
        for report in ProgressReport.objects.filter(pk__in=self.texts):
            assert asdict(Entry.of(report)) == asdict(self.texts[report.pk])

    @invariant()
    def states_stand_in_their_tables(self) -> None:
        for model, table in TABLES.items():
            found = set(model._default_manager.values_list("state", flat=True)) - {""}
            assert found <= set(table)
        for report in ProgressReport.objects.filter(state__in=HANDED_IN_STATES):
            assert report.percent is not None
            assert report.progress
        judged = ProgressReport.objects.filter(state=ReportState.APPROVED)
        for report in judged:
            assert report.reviewed_by_id not in (None, report.filled_by_id, report.submitted_by_id)
            assert report.reviewed_by_id != report.signed_by_id

    @invariant()
    def people_see_what_the_table_says(self) -> None:
        names = ("insp", "stranger", "officer", "signer", "coord", "officer2", "signer2", "coord2")
        for report in ProgressReport.objects.select_related("responsibility__side"):
            own = report.responsibility.side_id == self.cast.plan_sides[0].jurisdiction_id
            for name, person in zip(names, self.cast.people, strict=True):
                expected = sees(name, report.state, own=own)
                assert policy.can(person, "report.view", report) == expected, (name, report.state)

    @invariant()
    def the_rollup_counts_what_there_is(self) -> None:
        made = rollup.build(
            self.cast.people[4], By.SIDE, today=TODAY, quarter=Quarter(2026, 3)
        ).total
        sides = list(Responsibility.objects.leads())
        assert made.sides == len(sides)
        for state in TaskState:
            assert made.states[state] == sum(side.state == state for side in sides)
        approved = ProgressReport.objects.filter(state=ReportState.APPROVED).count()
        assert made.approved == approved


def sees(name: str, state: str, *, own: bool) -> bool:
    """The table of docs/who-sees-what.md, for Chongqing's (`own`) or Sichuan's report."""
    if name == "stranger":
        return False
    if name == "insp":  # of Chongqing alone
        return own and state in HANDED_IN_STATES
    mine = own != name.endswith("2")
    if state == ReportState.APPROVED:
        return True
    if name.startswith("coord"):
        return mine and state in HANDED_IN_STATES
    return mine


def picture() -> Picture:
    """What stands in every table that the moves change."""
    return {
        (model, row[0]): row[1:]
        for model, fields in KEPT.items()
        for row in model._default_manager.values_list("pk", *fields)
    }


def check_moves(before: Picture, after: Picture, changed: set[Any], name: str) -> None:
    """Each change of state is one that the table allows; a saved draft goes through draft."""
    for model, pk in changed:
        if model not in TABLES:
            continue
        new, old = after[model, pk][0], before.get((model, pk))
        if old is None:
            assert new in FIRST[model], (name, model, new)
        elif old[0] != new:
            table = TABLES[model]
            through = {to for step in table[old[0]] for to in table[step]}
            assert new in table[old[0]] or (
                model is ProgressReport and name == "submit" and new in through
            ), (name, model, old[0], new)


QUIET = [*HealthCheck]
DONE: set[str] = set()  # the moves that were accepted at least once


def drive(steps: int, examples: int, **more: Any) -> None:
    """Run the machine so often, each time so far."""
    DONE.clear()
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=QUIET,
        database=None,
        print_blob=True,
        **more,
    )
    with time_machine.travel(NOW, tick=False):
        run_state_machine_as_test(Cycle, settings=chosen)


@pytest.mark.django_db
def test_random_moves_keep_the_cycle_whole() -> None:
    """Short, and the same each time."""
    drive(steps=15, examples=12, derandomize=True)
    assert {"save", "submit"} <= DONE
    assert len(DONE) >= 6, DONE


@pytest.mark.faults
@pytest.mark.django_db
def test_many_random_moves_keep_the_cycle_whole() -> None:
    drive(steps=40, examples=150)
    assert MOVES.keys() == DONE, MOVES.keys() - DONE
