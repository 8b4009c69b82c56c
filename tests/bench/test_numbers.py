"""What the desks count equals a plain recount, row by row, over districts that were made."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.test import Client

from tasks.models import Period, ProgressReport, Responsibility, Task
from tasks.services.load import load_files
from tasks.services.offered import MOST_PLANS
from tasks.services.tracking import start_tracking
from tasks.states import LightWord
from tests.bench.desks import desks, measure, person
from tests.bench.many_reports import MARK, SMALL, fill
from tests.factories import NOW, TODAY, PlanFactory, UserFactory
from tests.factories import inspector as inspector_of
from tests.fixtures.conftest import ROOT
from tests.kept import kept_open
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction

pytestmark = pytest.mark.django_db


def load() -> None:
    load_files([ROOT / "fixtures"])
    start_tracking(first=Quarter(2026, 2), today=TODAY)
    fill(SMALL, TODAY)


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept_open(django_db_blocker, load):
        yield


@pytest.fixture
def districts(_made: None, db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(districts: None, client: Client) -> Client:
    """The coordinator of a district that was made."""
    client.force_login(person("bench-office"))
    return client


def words(tasks: Any) -> Counter[LightWord]:
    """Each task's light, by the rule for a row."""
    found = (task.light_word(TODAY) for task in tasks.for_list(TODAY))
    return Counter(word for word in found if word)


def late(**place: str) -> list[Responsibility]:
    sides: Any = Responsibility.objects.leads().filter(**place).select_related("task__plan")
    return [side for side in sides if side.is_late(TODAY)]


def test_so_many_are_made(districts: None) -> None:
    made = Task.objects.filter(clause=MARK)
    assert made.count() == SMALL.all_tasks
    leads = SMALL.all_tasks * SMALL.quarters
    reports = ProgressReport.objects.filter(responsibility__clause=MARK).count()
    assert leads * 0.9 < reports < leads


def test_the_list_counts_every_light(office: Client) -> None:
    counted = words(Task.objects.all())
    assert {LightWord.OVERDUE, LightWord.EXPIRED, LightWord.NORMAL} <= set(counted)
    bar = office.get("/tasks/").context["bar"]
    assert {word: n for word, n in bar.lights if n} == counted
    red = office.get("/tasks/?light=red").context["page"]
    assert red.paginator.count == counted[LightWord.OVERDUE] + counted[LightWord.EXPIRED]
    plan = Task.objects.filter(clause=MARK)[0].plan
    bar = office.get(f"/tasks/?plan={plan.code}").context["bar"]
    assert {word: n for word, n in bar.lights if n} == words(Task.objects.filter(plan=plan))


def test_every_task_is_on_one_page_of_the_list(office: Client) -> None:
    seen: list[int] = []
    for number in (1, 2, 3):
        shown = office.get("/tasks/", {"page": number, "ordering": "-due_on"}).context
        seen += [row.task.pk for row in shown["rows"]]
        if not shown["page"].has_next():
            break
    assert sorted(seen) == sorted(Task.objects.values_list("pk", flat=True))


def test_what_is_late_is_counted(office: Client) -> None:
    rows = late()
    kinds = office.get("/overdue/?of=all").context["kinds"]
    assert {key: n for key, _word, n in kinds} == {
        "overdue": sum(side.is_overdue(TODAY) for side in rows),
        "expired": sum(side.is_expired(TODAY) for side in rows),
    }


def test_the_inspector_sees_what_is_late_in_the_places(districts: None, client: Client) -> None:
    client.force_login(inspector_of(Jurisdiction.objects.get(code="510000")))
    desk = client.get("/").context["inspector"]
    rows = late(side__code__startswith="51")
    assert rows
    assert desk["late"] == len(rows)
    kinds = {kind["word"]: kind["rows"] for kind in desk["kinds"]}
    for word, is_so in ((LightWord.OVERDUE, "is_overdue"), (LightWord.EXPIRED, "is_expired")):
        own = sorted(
            (side for side in rows if getattr(side, is_so)(TODAY)),
            key=lambda side: side.due_on_in_force or TODAY,
        )
        shown = [row["side"].due_on_in_force for row in kinds[word]]
        assert shown == [side.due_on_in_force for side in own[: len(shown)]]


def test_a_joint_task_counts_all_that_carry_it_out(office: Client) -> None:
    joint = Task.objects.filter(implemented_by__clause=MARK)[0]
    for task in Task.objects.exclude(implements=joint).exclude(pk=joint.pk):
        task.implements.add(joint)  # more than a page of them
    beneath = Task.objects.filter(implements=joint)
    context = office.get(joint.get_absolute_url()).context
    assert context["beneath_page"].paginator.count == beneath.count() > len(context["beneath"])
    assert dict(context["beneath_lights"]) == words(beneath)


def test_no_more_plans_are_offered_than_can_be_read(office: Client) -> None:
    """One's own come first; the others stand on the page of plans."""
    for n in range(MOST_PLANS):
        PlanFactory(code=f"far-{n}")
    answer = office.get("/tasks/")
    frame = answer.context["frame"]
    assert len(frame.plans) == MOST_PLANS
    own = set(person("bench-office").memberships.values_list("office__plan_sides__plan", flat=True))
    assert {plan.pk for plan in frame.plans[: len(own)]} == own
    assert answer.text.count("更多方案") == 1
    assert office.get("/tasks/?plan=far-1").context["frame"].plan.code == "far-1"
    assert office.get("/plans/").context["page"].has_next()


def test_a_report_knows_its_quarter_also_when_that_is_mended(districts: None) -> None:
    wrong = ProgressReport.objects.exclude(
        quarter_index=F("period__year") * 4 + F("period__quarter")
    )
    assert ProgressReport.objects.exists()
    assert not wrong.exists()
    period = Period.objects.filter(plan__clause=MARK, reports__isnull=False).order_by("year")[0]
    Period.objects.filter(pk=period.pk).update(year=2019)
    assert not wrong.exists()
    report = period.reports.first()
    assert report
    report.quarter_index = 1  # nobody but the database writes it
    report.save()
    assert not wrong.exists()


def test_every_desk_can_be_measured(districts: None) -> None:
    for name in ("lead", "coordinator", "leader", "auditor"):
        UserFactory(username=name, superuser=True)
    joint = Task.objects.filter(plan__code="joint-2022")[0]
    for desk in desks(joint.pk, district=True):
        assert measure(desk, 1, TODAY).line(desk.name)
