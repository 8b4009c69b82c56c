"""Every door, tried by every person: what is not in `doors.txt` fails."""

import logging
from collections.abc import Iterator, Sequence
from zlib import crc32

import pytest
import time_machine

from tests import factories as make
from tests.doors.knock import address, enter, knock, named
from tests.doors.table import METHODS, NAMES, PUBLIC, TABLE, Door
from tests.doors.world import PEOPLE, World

SUCCESS = {"200", "201", "202", "204", "302"}


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Refusals are what is asked for here."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_the_table_lists_every_address() -> None:
    assert sorted(set(named())) == sorted(NAMES)


def _often(who: str) -> list[Door]:
    """Of those whom a door lets in every third, of those refused every fifth, ever the same."""

    def is_tried(door: Door) -> bool:
        refused = [one for one in PEOPLE if door.answers[one] not in SUCCESS]
        let_in = [one for one in PEOPLE if door.answers[one] in SUCCESS]
        turn = crc32(door.key.encode())
        often = refused[turn % min(5, len(refused) or 1) :: 5]
        return who in often or who in let_in[turn % min(3, len(let_in) or 1) :: 3]

    return [door for door in TABLE if is_tried(door)]


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_gets_what_the_table_says(world: World, who: str) -> None:
    _try(world, who, _often(who))


@pytest.mark.faults
@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_gets_what_the_whole_table_says(world: World, who: str) -> None:
    _try(world, who, TABLE)


def test_each_door_is_often_tried_by_one_refused_and_one_let_in() -> None:
    answers: dict[str, set[bool]] = {door.key: set() for door in TABLE}
    for who in PEOPLE:
        for door in _often(who):
            answers[door.key].add(door.answers[who] in SUCCESS)
    assert answers == {
        door.key: {answer in SUCCESS for answer in door.answers.values()} for door in TABLE
    }


def _try(world: World, who: str, doors: Sequence[Door]) -> None:
    client = enter(world, who)
    client.raise_request_exception = False  # a 500 is told with the others
    wrong = []
    for door in doors:
        got = knock(client, door, world).word
        if got != door.answers[who]:
            wrong.append(f"{door.key}: {got}, not {door.answers[who]}")
    assert not wrong, "\n".join(wrong)


def _shut() -> Iterator[tuple[Door, str]]:
    """Each address with the methods that the table does not name for it."""
    for name in sorted(NAMES):
        doors = [door for door in TABLE if door.name == name]
        for method in METHODS:
            if method not in {door.method for door in doors}:
                yield doors[0], method


SHUT_FOR = ("coord", "super", "security")


@pytest.mark.parametrize("who", SHUT_FOR)
def test_a_method_that_is_not_in_the_table_is_shut(world: World, who: str) -> None:
    """Each for one of them in its turn; `make faults` tries each for all."""
    turn = SHUT_FOR.index(who)
    ways = [(door, method) for door, method in _shut() if _turn(door, method) == turn]
    _try_shut(world, who, ways)


def _turn(door: Door, method: str) -> int:
    """Ever the same."""
    return crc32(f"{method} {door.name}".encode()) % len(SHUT_FOR)


@pytest.mark.faults
@pytest.mark.parametrize("who", SHUT_FOR)
def test_a_method_that_is_not_in_the_table_is_shut_for_all(world: World, who: str) -> None:
    _try_shut(world, who, [*_shut()])


def _try_shut(world: World, who: str, ways: Sequence[tuple[Door, str]]) -> None:
    """405, or 404 and 403 where the person does not get as far as the door."""
    client = enter(world, who)
    near = {"404", "403"}
    wrong = [
        f"{method} {door.name}: {got}"
        for door, method in ways
        if (got := knock(client, door, world, method).word) != "405"
        and not (got in near and (who != "super" or door.answers[who] in near))
    ]
    assert not wrong, "\n".join(wrong)


def test_nobody_gets_in_by_any_method(world: World) -> None:
    client = enter(world, "nobody")
    wrong = []
    for door, method in [*_shut(), *((door, door.method) for door in TABLE)]:
        if door.name not in PUBLIC:
            got = knock(client, door, world, method).word
            if got != ("401" if door.is_api else "in"):
                wrong.append(f"{method} {door.name}: {got}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.faults)])
def test_head_is_answered_like_get(world: World, every: int) -> None:
    client = enter(world, "coord")
    wrong = []
    for door in [door for door in TABLE if door.method == "GET"][::every]:
        got = knock(client, door, world, "HEAD").word
        if got != door.answers["coord"]:
            wrong.append(f"{door.key}: {got}")
    assert not wrong, "\n".join(wrong)


def test_what_is_sent_would_be_taken_from_somebody() -> None:
    """A refusal says something only where the same body succeeds for the right person."""
    unsafe: dict[str, set[str]] = {}
    for door in TABLE:
        if door.method != "GET":
            unsafe.setdefault(f"{door.method} {door.name}", set()).update(door.answers.values())
    never = {key for key, answers in unsafe.items() if not answers & SUCCESS}
    assert never == NEVER_TAKEN


# The second factor is off in these settings, no name is locked, a link's token is first put into
# the session, a token ends itself alone (tests/units and tests/api have these); logging out leads
# to the log-in; the language and the theme are kept in a cookie; the last address is nowhere.
NEVER_TAKEN = {
    "DELETE api:token",
    *(f"POST {name}" for name in ("second_factor", "second_factor_set_up", "unlock")),
    *(f"POST {name}" for name in ("password_link", "logout", "set_language", "set_theme")),
    *(f"{method} api:nowhere" for method in ("POST", "PUT", "PATCH", "DELETE")),
}


def test_addresses_are_made_of_words_of_the_world(world: World) -> None:
    assert all(address(door, world).startswith("/") for door in TABLE)
