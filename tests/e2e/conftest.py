"""A browser, a worker and a server for journeys; and all pages of the table of doors."""

import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.core.signals import request_finished, request_started
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    sync_playwright,
)

from tests.api.conftest import Cast as Cast
from tests.api.conftest import cast as cast
from tests.api.conftest import casts as casts
from tests.doors.knock import address
from tests.doors.table import pages
from tests.doors.world import build
from tests.needed import need
from units.models import User

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
VENDOR = Path(project.BASE_DIR) / "tracker" / "static" / "vendor" / "htmx.min.js"


@pytest.fixture(scope="package")
def launch() -> Iterator[Callable[[], Browser]]:
    """Starts the browser, or gives the one that runs: starting one costs more than most tests."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    need(path, "no Chromium on this machine")
    need(VENDOR.exists(), "no front-end parts: run `make test`, which fetches them")
    running: list[Browser] = []
    options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    # Playwright keeps an event loop in this thread, where the tests also ask the database.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

        def start() -> Browser:
            if not running or not running[-1].is_connected():
                running.append(playwright.chromium.launch(executable_path=path, args=options))
            return running[-1]

        yield start
        if running:
            running[-1].close()
        # Inside Playwright's loop Django has a connection of its own; left open, the test
        # database could not be dropped.
        connections.close_all()


@pytest.fixture
def _answered(transactional_db: None) -> Iterator[None]:
    """Waits at the end until the server has answered all it was asked.

    A page that is closed may have asked for something just before (a draft saves itself); the
    database could not be emptied, or not quite, while that is written.
    """
    changed = threading.Condition()
    running: list[int] = []

    def begin(**_: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            with changed:
                running.append(threading.get_ident())

    def end(**_: object) -> None:
        with changed:
            if threading.get_ident() in running:
                running.remove(threading.get_ident())
                changed.notify_all()

    request_started.connect(begin)
    request_finished.connect(end)
    yield
    with changed:
        done = changed.wait_for(lambda: not running, timeout=60)
    request_started.disconnect(begin)
    request_finished.disconnect(end)
    assert done, "the server still has requests to answer"


@pytest.fixture
def browser(launch: Callable[[], Browser], _answered: None) -> Iterator[Browser]:
    """A browser that knows nothing of the tests before: a context of theirs is never handed on."""
    opened = launch()
    yield opened
    for context in opened.contexts:
        context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: console, script errors, refused or foreign requests."""
    return []


@pytest.fixture
def page(browser: Browser, live_server: Any, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1440, "height": 900}, accept_downloads=True
    )
    opened = context.new_page()
    opened.set_default_timeout(15_000)

    def heard(message: Any) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.type}: {message.text}")

    def asked(request: Any) -> None:
        if not request.url.startswith((live_server.url, "data:")):
            complaints.append(f"foreign host: {request.url}")

    opened.on("console", heard)
    opened.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    opened.on("request", asked)
    yield opened
    context.close()


@pytest.fixture
def worker(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """A real worker on the test's database; its files lie where the server looks for them."""
    settings.FILES_DIR = tmp_path / "files"
    address = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL", "")
    need(address, "no servers: run `make test`, which starts them")
    own = urlsplit(address)._replace(path=f"/{connection.settings_dict['NAME']}")
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "DATABASE_URL": own.geturl(),
        "REDIS_URL": settings.JOBS_URL,
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": project.SECRET_KEY,
        "TRACKER_ENV": "local",
        "DEMO": "0",
    }
    command = [sys.executable, "-m", "celery", "-A", "tracker", "worker", "--pool", "solo"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - fixed words
            [*command, *quiet], cwd=project.BASE_DIR, env=env, stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            sys.stderr.write(log.read_text(encoding="utf-8", errors="replace"))


# Made by hand in other tests, or no page of the site: it has a frame of its own.
NOT_WALKED = {"api-docs"}


@dataclass(frozen=True)
class Visit:
    """A page for one person: its name in the table of doors, and its address."""

    name: str
    path: str


# Whom the walks go as, by the columns of the table of doors.
COLUMNS = {
    "anonymous": "nobody",
    "lead": "officer",
    "coordinator": "coord",
    "auditor": "insp",
    "leader": "leader",
    "system": "system",
    "security": "security",
    "audit": "audit",
}


@pytest.fixture
def people(cast: Cast) -> dict[str, User]:
    """Who can enter, by name; the walks add those of the doors' world."""
    return dict(cast.everyone)


@pytest.fixture
def visits(
    transactional_db: None, people: dict[str, User], settings: Any, tmp_path: Path
) -> Callable[..., list[Visit]]:
    """Lists the pages that a GET of a person reaches, by the name in the table of doors.

    The people are those of the doors' world from here on. `some` ends the list after so many, in
    an order that `seed` gives.
    """
    settings.FILES_DIR = tmp_path
    world = build(tmp_path, "doors-2022")
    people |= {who: world.people[name] for who, name in COLUMNS.items() if name in world.people}

    def list_them(who: str, some: int | None = None, seed: int = 0) -> list[Visit]:
        client = Client()
        if who != "anonymous":
            client.force_login(people[who])
        found: list[Visit] = []
        doors = list(pages().items())
        if some is not None:
            random.Random(f"{who}{seed}").shuffle(doors)  # noqa: S311 - no secret
        for name, door in doors:
            if len(found) == some:
                break
            if door.is_api or door.method != "GET" or name in NOT_WALKED:
                continue
            if door.answers[COLUMNS[who]] != "200":
                continue
            path = address(door, world)
            answer = client.get(path)
            kind = answer.headers.get("Content-Type", "")
            answer.getvalue()
            if answer.status_code == 200 and kind.startswith("text/html"):
                found.append(Visit(name, path))
        return found

    return list_them


@pytest.fixture
def enter(
    browser: Browser, live_server: Any, people: dict[str, User]
) -> Iterator[Callable[..., Page]]:
    """Opens a browser in which a person has logged in, with a theme, a language, a width."""
    opened: list[BrowserContext] = []

    def open_page(
        who: str = "anonymous", theme: str = "light", language: str = "zh-hans", **options: Any
    ) -> Page:
        size = ViewportSize(width=options.pop("width", 1440), height=900)
        context = browser.new_context(base_url=live_server.url, viewport=size, **options)
        opened.append(context)
        cookies = {"theme": theme, project.LANGUAGE_COOKIE_NAME: language}
        if who != "anonymous":
            client = Client()
            client.force_login(people[who])
            name = project.SESSION_COOKIE_NAME
            cookies[name] = client.cookies[name].value
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()]
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_page
    for context in opened:
        context.close()
