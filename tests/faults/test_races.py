"""Four at once on one report, by page and API, each with a connection of its own.

In every race one wins and each of the others is told; what the winner wrote stands, once in the
log, in a version one higher. Short in `make test`; 1,000 races of each kind in `make faults`.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tasks.models import PlanSide, ProgressReport
from tasks.states import ReportState
from tests.factories import (
    NOW,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
)
from units.models import AuditEntry, User
from units.services import tokens

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 4
SHORT, LONG = 20, 1000
TOLD = (409, 412, 422)  # what a page or the API answers who comes too late
Post = Callable[[], Any]


@dataclass(frozen=True)
class Racer:
    """Somebody at a page or at the API, with a log-in of their own."""

    user: User
    browser: Client | None = None
    door: APIClient | None = None

    def save(self, report: ProgressReport, text: str, version: int) -> Any:
        """Save the draft as read in this version."""
        if self.browser is not None:
            address = reverse("tasks:report", args=[report.responsibility_id, "2026Q3"])
            data = {"percent": "50", "progress": text, "version": str(version), "action": "save"}
            return self.browser.post(address, data)
        assert self.door is not None
        address = f"/api/v1/progress/{report.pk}/"
        head = {"If-Match": f'"{version}"'}
        body = {"percent": 50, "progress": text}
        return self.door.patch(address, body, format="json", headers=head)

    def judge(self, report: ProgressReport, verb: str, version: int) -> Any:
        """Approve it, or return it, as read in this version."""
        data = {"reason": f"{self.user}请补充。"} if verb == "return" else {}
        if self.browser is not None:
            address = reverse(f"tasks:{verb}", args=[report.pk])
            return self.browser.post(address, {**data, "version": str(version)}, follow=True)
        assert self.door is not None
        address = f"/api/v1/progress/{report.pk}/{verb}/"
        head = {"If-Match": f'"{version}"'}
        return self.door.post(address, data, format="json", headers=head)


def racers(people: list[User]) -> list[Racer]:
    """Two at the page and two at the API."""
    found = []
    for place, user in enumerate(people):
        if place % 2:
            door = APIClient()
            door.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(user)[0]}")
            found.append(Racer(user, door=door))
        else:
            browser = Client()
            browser.force_login(user)
            found.append(Racer(user, browser=browser))
    return found


class Track:
    """Threads that start at the same moment, and keep their connections from race to race."""

    def __init__(self) -> None:
        self.gate = threading.Barrier(RACERS)
        self.pool = ThreadPoolExecutor(RACERS)

    def run(self, *posts: Post) -> list[Any]:
        """What each was answered. Calls are not counted: so many at once are meant here."""
        cache.clear()

        def one(post: Post) -> Any:
            self.gate.wait(30)
            return post()

        return [future.result(600) for future in [self.pool.submit(one, p) for p in posts]]

    def close(self) -> None:
        """Every thread is busy at the gate once, so each closes its own connection."""
        self.run(*[lambda: connection.close()] * RACERS)  # each its own
        self.pool.shutdown()


@pytest.fixture
def track() -> Iterator[Track]:
    made = Track()
    yield made
    made.close()


@pytest.fixture
def report() -> Iterator[ProgressReport]:
    """A draft of the joint plan's first side."""
    with time_machine.travel(NOW, tick=False):
        plan = joint_plan()
        side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())
        yield ProgressReportFactory(responsibility=side, period=PeriodFactory(plan=plan))


def number_of(*verbs: str) -> int:
    return AuditEntry.objects.filter(verb__in=verbs).count()


def save_often(track: Track, report: ProgressReport, races: int) -> None:
    """All four have read the same version; each saves a text of their own."""
    unit = report.responsibility.unit
    people = racers([officer(unit) for _n in range(RACERS)])
    for race in range(races):
        seen = ProgressReport.objects.get().version
        entries = number_of("report.save")
        texts = [f"第{race}轮{place}。" for place in range(RACERS)]
        answers = track.run(
            *[
                lambda one=one, text=text: one.save(report, text, seen)  # noqa: B023 - run at once
                for one, text in zip(people, texts, strict=True)
            ]
        )
        codes = [answer.status_code for answer in answers]
        won = [place for place, code in enumerate(codes) if code in (200, 302)]
        assert len(won) == 1, codes
        assert all(code in TOLD for place, code in enumerate(codes) if place not in won), codes
        after = ProgressReport.objects.get()
        assert (after.progress, after.version) == (texts[won[0]], seen + 1)
        assert number_of("report.save") == entries + 1


def judge_often(track: Track, report: ProgressReport, races: int) -> None:
    """Two approve and two return what all four have read."""
    office = PlanSide.objects.get(
        plan=report.period.plan, jurisdiction=report.responsibility.side
    ).office
    people = racers([coordinator(office) for _n in range(RACERS)])
    unit = report.responsibility.unit
    words = (f"已审核通过：{unit}", f"已退回{unit}“")
    handed_in = {"state": ReportState.SUBMITTED, "submitted_by": report.filled_by}
    for race in range(races):
        ProgressReport.objects.update(**handed_in, submitted_at=NOW, reviewed_by=None)
        seen = ProgressReport.objects.get().version
        entries = number_of("report.approve", "report.return")
        verbs = ("approve", "return") if race % 2 else ("return", "approve")
        answers = track.run(
            *[
                lambda one=one, verb=verb: one.judge(report, verb, seen)  # noqa: B023 - as above
                for one, verb in zip(people, (verbs[0], *verbs, verbs[1]), strict=True)
            ]
        )
        won = []
        for one, answer in zip(people, answers, strict=True):
            if one.door is not None:
                done = answer.status_code == 200
                assert done or answer.status_code in TOLD, answer.data
            else:
                done = any(word in answer.text for word in words)
                assert done or "没有作出处理" in answer.text or "当前状态为“" in answer.text
            won += [one.user] if done else []
        after = ProgressReport.objects.get()
        assert won == [after.reviewed_by]
        assert after.version == seen + 1
        assert number_of("report.approve", "report.return") == entries + 1


def test_one_saves_and_the_others_are_told(track: Track, report: ProgressReport) -> None:
    save_often(track, report, SHORT)


def test_one_judges_and_the_others_are_told(track: Track, report: ProgressReport) -> None:
    judge_often(track, report, SHORT)


@pytest.mark.faults
def test_a_thousand_races_to_save(track: Track, report: ProgressReport) -> None:
    save_often(track, report, LONG)


@pytest.mark.faults
def test_a_thousand_races_to_judge(track: Track, report: ProgressReport) -> None:
    judge_often(track, report, LONG)
