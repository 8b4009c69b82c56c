"""Nobody sets by posting it what a door does not offer: every field of every model, every role."""

import sys
from collections.abc import Iterator
from copy import deepcopy
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from django.forms import BaseForm
from django.test import Client

from tasks.services.entry import Entry
from tests import factories as make
from tests.doors.bodies import body_of
from tests.doors.extras import difference, extras, rows
from tests.doors.knock import Answer, address, enter, etag, knock, send
from tests.doors.table import TABLE, Door
from tests.doors.world import World
from tracker.lib.api.fields import StrictSerializer

SUCCESS = {"200", "201", "202", "204", "302"}
# Who reaches what there is to post; the others' turn comes with `make faults`.
OFTEN = ("coord", "security")
MORE = (
    "none",
    "super",
    "officer",
    "signer",
    "liaison",
    "other",
    "leader",
    "coord2",
    "insp",
    "system",
    "audit",
)
ROLES = [*OFTEN, *(pytest.param(who, marks=pytest.mark.faults) for who in MORE)]
# What pages read without a form, besides the words of their buttons.
READ = {
    "tasks:report": {"version"},
    "tasks:approve": {"version"},
    "tasks:observation_approve": {"version"},
    "tasks:brief_note": {"text", "version"},
    "tasks:assign": {"kind"},
    **{
        f"tasks:{name}": {"row", "unit", "task", "office", "look"}
        for name in ("urge_new", "call_new")
    },
    "tasks:saved_view_new": {"page", "query", "name"},
    "units:columns": {"page", "query", "column", "do"},
    "tasks:saved_view_rename": {"name"},
    "tasks:contribution_take": set(Entry.__dataclass_fields__) | {"version"},
    "units:person_ask": {"kind", "note"},
    "unlock": {"name"},
    "set_theme": {"theme"},
    "tasks:contacts_import": {"sheet"},
}
DOORS = [door for door in TABLE if door.method != "GET"]


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _same_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two drawings of the same sample are to be compared, and two takings of a file.
    monkeypatch.setattr("tasks.services.samples.secrets.token_hex", lambda size: "0" * 2 * size)
    always = SimpleNamespace(uuid4=lambda: UUID(int=7), UUID=UUID)
    monkeypatch.setattr("reports.services.uploads.uuid", always)
    monkeypatch.setattr("reports.services.upload_files.uuid", always)
    # One answer names all that it refuses; that it names some only is tried in tests/api.
    monkeypatch.setattr("tracker.lib.api.fields.MAX_UNKNOWN", sys.maxsize)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the fields of all bodies and forms that have been read since."""
    names: set[str] = set()
    read_body, read_form = StrictSerializer.to_internal_value, BaseForm.full_clean

    def body(self: Any, data: Any) -> Any:
        names.update(name for name, field in self.fields.items() if not field.read_only)
        names.add(type(self).__name__)
        return read_body(self, data)

    def form(self: Any) -> None:
        names.update(self.fields)
        read_form(self)

    monkeypatch.setattr(StrictSerializer, "to_internal_value", body)
    monkeypatch.setattr(BaseForm, "full_clean", form)
    return names


@pytest.mark.parametrize("who", ROLES)
def test_programs_are_refused_by_the_name_of_the_field(
    world: World, offered: set[str], who: str
) -> None:
    client, more, wrong = enter(world, who), extras(), []
    for door in DOORS:
        if not door.is_api or door.name == "api:nowhere" or door.method == "DELETE":
            continue
        offered.clear()
        is_taken = knock(client, door, world).word in SUCCESS
        if is_taken and not offered:
            wrong.append(f"{door.key} takes a body unread")
        unknown = {name: value for name, value in more.items() if name not in offered}
        answer = _with(client, door, world, unknown)
        if answer.written:
            wrong.append(f"{door.key} wrote {answer.written}")
        elif is_taken and (answer.word != "400" or _json(answer).keys() != unknown.keys()):
            wrong.append(f"{door.key} {answer.word}: {unknown.keys() - _json(answer).keys()}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ROLES)
def test_pages_take_what_they_offer_alone(world: World, offered: set[str], who: str) -> None:
    client, more, wrong = enter(world, who), extras(), []
    before = rows()
    for door in DOORS:
        if door.is_api:
            continue
        offered.clear()
        plain, meant = _kept(client, door, world, {}, before)
        known = offered | READ.get(door.name, set())
        unknown = {name: value for name, value in more.items() if name not in known}
        answer, became = _kept(client, door, world, unknown, before)
        if (plain.word, meant) != (answer.word, became):
            wrong.append(f"{door.key}: {plain.word} {meant}\n  became {answer.word} {became}")
    assert not wrong, "\n".join(wrong)


def _with(client: Client, door: Door, world: World, more: dict[str, Any]) -> Answer:
    """Send the door's body and more, then undo it."""
    with transaction.atomic():
        answer = _sent(client, door, world, more)
        transaction.set_rollback(True)
    return answer


def _kept(
    client: Client, door: Door, world: World, more: dict[str, Any], before: Any
) -> tuple[Answer, list[str]]:
    """The same, and what became of the rows."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = _sent(client, door, world, more)
        became = difference(before, rows(answer.written))
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer, became


def _sent(client: Client, door: Door, world: World, more: dict[str, Any]) -> Answer:
    headers = etag(door, world)
    body = more | body_of(door.method, door.name, door.words, world)
    path = address(door, world)
    return send(client, door.method, path, body, api=door.is_api, headers=headers)


def _json(answer: Answer) -> Any:
    response: Any = answer.response
    return response.json() if "json" in response.headers.get("Content-Type", "") else {}
