"""One plan with two sides, its people, and a mail server that can be told to refuse."""

import datetime
import email
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tasks.models import Digest, Notice, Period, Plan, Responsibility
from tasks.reminders import make_notices
from tests.factories import (
    OfficeFactory,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
)
from tests.factories.units import MembershipFactory, UserFactory
from tests.kept import kept_for_module
from tracker.lib.workdays import SHANGHAI
from units.models import Unit, User

DUE = datetime.date(2026, 10, 10)  # of 2026Q3: a Saturday that is worked


def at(day: datetime.date, hour: int = 9) -> datetime.datetime:
    """A moment of the day."""
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)


def run(today: datetime.date) -> set[tuple[str, str, int]]:
    """What a run made: (rule, person, step)."""
    before = set(Notice.objects.values_list("pk", flat=True))
    made = make_notices(today=today, now=at(today))
    new = Notice.objects.exclude(pk__in=before).select_related("recipient")
    assert made.notices == len(new)
    return {(n.rule, n.recipient.name, n.step) for n in new}


@dataclass
class Scene:
    """2026Q3 of a plan that runs to 2030, with one task led by one Chongqing unit."""

    plan: Plan
    period: Period
    unit: Unit
    side: Responsibility
    officer: User
    signer: User
    coordinator: User

    def another(self, **values: Any) -> Responsibility:
        """One more task of the unit."""
        task_values = {k[6:]: values.pop(k) for k in list(values) if k.startswith("task__")}
        task = TaskFactory(plan=self.plan, **task_values)
        return ResponsibilityFactory(task=task, unit=values.pop("unit", self.unit), **values)


@pytest.fixture(scope="module")
def scenes(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[], Scene]]:
    yield from kept_for_module(request, django_db_blocker, make_scene)


@pytest.fixture
def scene(scenes: Callable[[], Scene], db: None) -> Scene:
    return scenes()


def make_scene() -> Scene:
    """The rows of a scene."""
    plan = joint_plan(short_title="联合方案")
    unit = UnitFactory(name="重庆市能源局")
    side = ResponsibilityFactory(task=TaskFactory(plan=plan, title="协同开发油气资源"), unit=unit)
    signer = UserFactory(name="审签员")
    MembershipFactory(signer=True, unit=unit, user=signer)
    return Scene(
        plan=plan,
        period=PeriodFactory(plan=plan),
        unit=unit,
        side=side,
        officer=officer(unit, name="填报员"),
        signer=signer,
        coordinator=coordinator(OfficeFactory(), name="协调员"),
    )


def free_port() -> int:
    """A port of loopback that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Post:
    """A real SMTP server on loopback: keeps what it takes, answers as told."""

    answer: str = "250 OK"
    recipient_answer: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.mails.append(message)
        return self.answer


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    handler = Post()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.SITE_URL = "https://tracker.example.org"
    try:
        yield handler
    finally:
        controller.stop()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[Any, ...]]]:
    """What was rung, instead of a broker."""
    calls: list[tuple[str, tuple[Any, ...]]] = []
    for module in ("notices", "digests", "assignments"):
        target = f"tasks.services.{module}.ring"
        monkeypatch.setattr(target, lambda name, *args: calls.append((name, args)))
    return calls


@pytest.fixture
def digest(scene: Scene, rung: list[Any]) -> Digest:
    """The officer's mail of the due day."""
    make_notices(today=DUE, now=at(DUE))
    return Digest.objects.get()
