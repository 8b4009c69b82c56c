"""Knocking at a door: the answer in a word, and nothing of it stays."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.doors.bodies import QUERIES, body_of
from tests.doors.table import Door
from tests.doors.world import World

WRITE = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(?P<table>\w+)"')
KEPT_BESIDE = {"django_session"}
NO_LOG_IN = {"nobody"}


def named(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    """The full names of all addresses; one without a name is told by its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from named(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else f"no name: {entry.pattern}"


def address(door: Door, world: World) -> str:
    """The door's address."""
    if door.name == "api:nowhere":
        return reverse("api:api-root") + "nowhere/"
    path = reverse(door.name, args=[world.argument(word) for word in door.words])
    return path + QUERIES.get(door.name, "")


# Doors with a state of their own beside their row's.
OWN_STATE = {"api:plan-settings", "api:plan-reminders"}


def enter(world: World, who: str) -> Client:
    """A browser in which the person is logged in; a lasting session for `off`."""
    client = Client()
    if who not in NO_LOG_IN:
        client.force_login(world.people[who])
    if who == "off":
        world.people["off"].is_active = False
        world.people["off"].save(update_fields=["is_active"])
    return client


def etag(door: Door, world: World) -> dict[str, str]:
    """`If-Match` with the state of the door's row, as the superuser reads it."""
    if door.name == "api:brief":
        return {"If-Match": '"0"'}  # nothing was worded yet
    if not door.is_api or not door.words:
        return {}
    path = _detail(door, world)
    if not path:
        return {}
    if path not in world.etags:
        client = Client()
        client.force_login(world.people["super"])
        world.etags[path] = client.get(path).headers.get("ETag", "")
    return {"If-Match": world.etags[path]} if world.etags[path] else {}


def _detail(door: Door, world: World) -> str:
    """Where the door's row is read; empty where nowhere."""
    base, names = door.name, [door.name] if door.name in OWN_STATE else []
    while "-" in base:
        base = base.rpartition("-")[0]
        names.append(f"{base}-detail")
    for name in names:
        try:
            return reverse(name, args=[world.argument(door.words[0])])
        except NoReverseMatch:
            continue
    return ""


@dataclass
class Answer:
    """An answer, and the tables that were written on the way."""

    response: HttpResponseBase
    written: set[str] = field(default_factory=set)

    @property
    def word(self) -> str:
        """The status; `in` where it leads to the log-in, `same` where it leads on unchanged."""
        code = self.response.status_code
        to = self.response.headers.get("Location", "").partition("?")[0]
        if code == 302 and to == reverse(settings.LOGIN_URL):
            return "in"
        if code == 302 and not self.written:
            return "same"
        return str(code)


def send(
    client: Client, method: str, path: str, body: dict[str, Any], *, api: bool, **kwargs: Any
) -> Answer:
    """Send it, and keep what it writes."""
    answer_tables: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if match := WRITE.match(sql.lstrip()):
            answer_tables.add(match["table"])
        return execute(sql, params, many, context)

    call: Callable[..., Any] = getattr(client, method.lower())
    cache.clear()
    with connection.execute_wrapper(watch):
        if method in {"GET", "HEAD"}:
            response = call(path, **kwargs)
        elif any(isinstance(value, UploadedFile) for value in body.values()):
            response = call(path, body, **kwargs)
        elif api or method != "POST":
            response = call(path, body, content_type="application/json", **kwargs)
        else:
            response = call(path, body, **kwargs)
        if response.streaming:
            response.getvalue()  # a file is closed once read
    if response.status_code in {403, 404}:
        answer_tables.discard("units_auditentry")  # that it was refused is on record
    return Answer(response, answer_tables - KEPT_BESIDE)


def knock(client: Client, door: Door, world: World, method: str = "") -> Answer:
    """Try the door as the client's person, then undo what it did."""
    method, cookies = method or door.method, deepcopy(client.cookies)
    with transaction.atomic():
        body, headers = {}, {}
        if method not in {"GET", "HEAD"}:
            body = body_of(method, door.name, door.words, world)
            headers = etag(door, world)
        answer = send(client, method, address(door, world), body, api=door.is_api, headers=headers)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer
