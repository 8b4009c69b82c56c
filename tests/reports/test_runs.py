"""Runs: asked for once, made once, whatever happens to the workers."""

import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from reports.books import making
from reports.books.making import make
from reports.models import ReportFile, ReportRun
from reports.services import runs, work
from reports.services.work import LostLease
from reports.states import BookKey
from tasks.models import Plan
from tests.factories import TODAY, UnitFactory, UserFactory
from tests.reports.asking import ask, expire, small
from tracker.lib.workdays import Quarter
from units.models import AuditEntry, Unit


def test_a_request_is_on_record_and_rings(joint: Plan, rung: list[Any]) -> None:
    run = ask(by=UserFactory(superuser=True))
    assert run.state == "queued"
    assert rung == [("reports.jobs.make_report_run", run.pk)]
    assert AuditEntry.objects.filter(verb="report_run.request", object_id=run.pk).count() == 1


def test_asked_for_again_while_it_waits_it_is_the_same_run(joint: Plan) -> None:
    person, other = UserFactory(superuser=True), UserFactory(superuser=True)
    assert ask(by=person) == ask(by=person)
    assert ask(by=other) != ask(by=person)
    assert ask(by=person, paper="A3") != ask(by=person)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            {"book": "nothing"},
            f"没有名为“nothing”的报表：可用的有{'、'.join(BookKey.values)}。",
        ),
        ({"paper": "B5"}, "纸张“B5”无效：应为A4或A3。"),
        ({"quarter": Quarter(2021, 1)}, "没有方案设有2021年第1季度的填报期"),
        ({"quarter": Quarter(2027, 1)}, "2027年第1季度于2027-03-01开放填报"),
    ],
)
def test_bad_requests_get_a_sentence_and_enter_nothing(
    joint: Plan, wanted: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        ask(**wanted)
    assert sentence in "".join(caught.value.messages)
    assert not ReportRun.objects.exists()


def test_a_unit_that_leads_nothing_and_a_plan_without_the_quarter(joint: Plan) -> None:
    with pytest.raises(ValidationError, match="没有牵头任务"):
        ask(lead_unit=UnitFactory())
    with pytest.raises(ValidationError, match="没有牵头任务"):
        ask(lead_unit=Unit.objects.get(name="江津区财政局"), plan=joint)
    with pytest.raises(ValidationError, match="不能指定单位"):
        small(book="quarterly")
    with pytest.raises(ValidationError, match="征求意见稿"):
        ask(plan=Plan.objects.get(code="dazhou-draft"))


def test_a_run_tells_how_far_it_is(joint: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "TELL_SECONDS", 0)
    run = ask(plan=joint)
    seen = []

    def watch(path: Path, *args: Any, **kwargs: Any) -> None:
        run.refresh_from_db()
        seen.append((run.done, run.total, run.step, run.percent_done))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"book")

    monkeypatch.setattr(making, "write_book", watch)
    finished = make(run.pk, today=TODAY)
    assert finished is not None
    assert [step[:2] for step in seen] == [(done, 23) for done in range(22)]
    assert seen[0][2] == "重庆市能源局2025年第4季度进展情况表.xlsx"
    assert (finished.done, finished.total, finished.percent_done) == (23, 23, 100)
    assert finished.took is not None
    assert AuditEntry.objects.filter(verb="report_run.finish").count() == 1


def test_how_far_it_is_is_told_once_a_second_whatever_the_number_of_files(
    joint: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask(plan=joint)
    lease = work.claim(run.pk)
    assert lease is not None
    seconds = iter(number / 10 for number in range(26))  # ten files a second
    clock = SimpleNamespace(monotonic=lambda: next(seconds))
    monkeypatch.setattr("reports.services.work.time", clock)
    with CaptureQueriesContext(connection) as asked:
        for done in range(26):
            work.carry_on(lease, done=done, total=26, step=f"{done}.xlsx")
    assert len(asked) == 3
    run.refresh_from_db()
    assert (run.done, run.step) == (20, "20.xlsx")


def test_only_one_worker_gets_a_run(joint: Plan) -> None:
    run = small()
    assert work.claim(run.pk) is not None
    assert work.claim(run.pk) is None
    assert make(run.pk, today=TODAY) is None


def test_a_run_that_ended_is_not_made_again(joint: Plan) -> None:
    run = small()
    make(run.pk, today=TODAY)
    assert make(run.pk, today=TODAY) is None
    assert ReportFile.objects.count() == 1


def test_a_worker_that_lost_its_lease_can_neither_carry_on_nor_finish(joint: Plan) -> None:
    run = small()
    stale = work.claim(run.pk)
    expire(run)
    assert make(run.pk, today=TODAY) is not None
    assert stale is not None
    late = ReportFile(kind="archive", name="late.zip", path="late.zip", size=1, sha256="0")
    with pytest.raises(LostLease):
        work.carry_on(stale, done=0, total=1, step="x")
    with pytest.raises(LostLease):
        work.finish(stale, [late])
    with pytest.raises(LostLease):
        work.fail(stale, "x")
    run.refresh_from_db()
    assert (run.state, run.attempts, run.fence) == ("done", 2, 2)
    assert list(run.files.values_list("kind", flat=True)) == ["unit"]


def test_a_slow_worker_overtaken_half_way_leaves_nothing(
    joint: Plan, monkeypatch: pytest.MonkeyPatch, files_dir: Path
) -> None:
    run = small()
    write: Any = vars(making)["write_book"]

    def overtaken(path: Path, *args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(making, "write_book", write)
        write(path, *args, **kwargs)
        expire(run)
        assert make(run.pk, today=TODAY) is not None

    monkeypatch.setattr(making, "write_book", overtaken)
    assert make(run.pk, today=TODAY) is None
    (file,) = run.files.all()
    assert [path for path in files_dir.rglob("*") if path.is_file()] == [file.full_path]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OperationalError("x")])
def test_what_may_pass_is_tried_again_and_then_given_up(
    joint: Plan, monkeypatch: pytest.MonkeyPatch, error: Exception, files_dir: Path
) -> None:
    run = small()

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(making, "write_book", refuse)
    for attempt in range(1, work.MAX_ATTEMPTS + 1):
        make(run.pk, today=TODAY)
        run.refresh_from_db()
        assert run.attempts == attempt
        assert make(run.pk, today=TODAY) is None  # not at once
        expire(run)
    assert run.state == "failed"
    assert run.error == "多次未能写入报表，已停止重试，请联系管理员。"
    assert not [path for path in files_dir.rglob("*") if path.is_file()]


def test_a_fault_of_the_program_ends_the_run_with_a_sentence(
    joint: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small()

    def fault(*args: Any, **kwargs: Any) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr(making, "write_book", fault)
    ended = make(run.pk, today=TODAY)
    assert ended is not None
    assert (ended.state, ended.error) == (
        "failed",
        f"生成报表时出错，请联系管理员（编号{run.pk}）。",
    )


def test_a_run_that_kills_its_workers_is_given_up(joint: Plan) -> None:
    run = small()
    for _death in range(work.MAX_ATTEMPTS):
        assert work.claim(run.pk) is not None
        expire(run)
    assert work.claim(run.pk) is None
    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "连续5次未能生成，已停止重试。")
    assert AuditEntry.objects.filter(verb="report_run.fail").count() == 1


def test_the_sweep_rings_for_what_waits_and_nothing_else(joint: Plan, rung: list[Any]) -> None:
    waiting, taken, dead, done = small(), small(), small(), small()
    work.claim(taken.pk)
    work.claim(dead.pk)
    expire(dead)
    make(done.pk, today=TODAY)
    rung.clear()
    assert work.ring_due_runs() == 2
    assert sorted(call[1] for call in rung) == [waiting.pk, dead.pk]


def test_beat_enters_the_latest_quarter_past_its_grace_once_for_each_office(
    joint: Plan, rung: list[Any]
) -> None:
    entered = runs.request_quarterly_runs(today=TODAY)
    said = {
        (run.plan and run.plan.code, run.quarter, run.office and run.office.name) for run in entered
    }
    assert said == {
        ("joint-2022", "2026Q3", "重庆市双碳办"),
        ("joint-2022", "2026Q3", "四川省碳达峰碳中和工作委员会办公室"),
        ("jiangjin-2022", "2026Q3", "江津区双碳办"),
    }
    assert len(rung) == 3
    assert runs.request_quarterly_runs(today=TODAY) == []
    for run in entered:
        finished = make(run.pk, today=TODAY)
        assert finished is not None
        assert finished.state == "done"


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (datetime.date(2026, 1, 19), "2025Q3"),  # the last day of grace of 2025Q4
        (datetime.date(2026, 1, 20), "2025Q4"),
    ],
)
def test_beat_waits_for_the_end_of_grace(joint: Plan, day: datetime.date, quarter: str) -> None:
    entered = runs.request_quarterly_runs(today=day)
    assert {run.quarter for run in entered} == {quarter}
