"""Who may ask for which book, who may take which file, and what stands in it."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from reports import policy
from reports.books.making import make
from reports.models import ReportRun
from reports.services import runs
from tasks.models import Period, Plan, ProgressReport, Responsibility
from tests.factories import TODAY, UserFactory, coordinator, inspector, officer
from tests.reports.conftest import made
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Membership, Office, Unit, User

QUARTER = Quarter(2026, 3)
SECRET = "尚未审核的内部情况"


@pytest.fixture
def cast(joint: Plan) -> dict[str, User]:
    unit, office = Unit.objects.get, Office.objects.get
    return {
        "lead": officer(unit(name="重庆市能源局")),
        "lead-sichuan": officer(unit(name="四川省能源局")),
        "lead-jiangjin": officer(unit(name="江津区发展改革委")),
        "coordinator": coordinator(office(name="重庆市双碳办")),
        "coordinator-sichuan": coordinator(office(name="四川省碳达峰碳中和工作委员会办公室")),
        "coordinator-jiangjin": coordinator(office(name="江津区双碳办")),
        "auditor": inspector(Jurisdiction.objects.get(code="500000")),
        "admin": UserFactory(superuser=True),
        "stranger": UserFactory(),
    }


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files with their names alone, where it is asked whose they are and not what they say."""

    def touch(path: Path, *_book: object, **_about: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    monkeypatch.setattr("reports.books.making.write_book", touch)


@pytest.fixture
def secret(joint: Plan) -> ProgressReport:
    """A submitted report of 重庆市能源局 on its first task."""
    side = Responsibility.objects.get(
        task__plan=joint, task__number=1, role="lead", unit__name="重庆市能源局"
    )
    report, _made = ProgressReport.objects.update_or_create(
        responsibility=side,
        period=Period.objects.of(QUARTER).get(plan=joint),
        defaults={
            "state": "submitted",
            "percent": 37,
            "progress": SECRET,
            "submitted_at": timezone.now(),
        },
    )
    return report


@pytest.mark.usefixtures("unwritten")
@pytest.mark.parametrize(
    ("who", "plan", "units"),
    [
        ("coordinator", "joint-2022", 21),
        ("coordinator", None, 21),
        ("coordinator-sichuan", "joint-2022", 21),
        ("coordinator-jiangjin", "jiangjin-2022", 10),
        ("coordinator-jiangjin", None, 10),
        ("admin", None, 31),
        ("auditor", None, 21),  # 重庆市's eleven and 江津区's ten, which is below it
    ],
)
def test_who_may_have_all_workbooks_made(
    cast: dict[str, User], who: str, plan: str | None, units: int
) -> None:
    found = Plan.objects.get(code=plan) if plan else None
    run = made(quarter=QUARTER, plan=found, by=cast[who])
    assert run.files.filter(kind="unit").count() == units
    assert run.files.filter(kind="summary").count() == 1
    assert run.files.filter(kind="archive").count() == 1


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("lead", {}),
        ("lead", {"lead_unit": "四川省能源局"}),
        ("lead", {"lead_unit": "重庆市财政局"}),
        ("lead", {"book": "quarterly"}),
        ("stranger", {"lead_unit": "重庆市能源局"}),
        ("coordinator", {"plan": "jiangjin-2022"}),
        ("coordinator", {"lead_unit": "江津区财政局"}),
        ("coordinator-jiangjin", {"plan": "joint-2022"}),
        ("coordinator-jiangjin", {"lead_unit": "重庆市能源局"}),
        ("auditor", {"lead_unit": "四川省能源局"}),
    ],
)
def test_who_may_not(cast: dict[str, User], who: str, wanted: dict[str, Any]) -> None:
    if "lead_unit" in wanted:
        wanted = wanted | {"lead_unit": Unit.objects.get(name=wanted["lead_unit"])}
    if "plan" in wanted:
        wanted = wanted | {"plan": Plan.objects.get(code=wanted["plan"])}
    asked: dict[str, Any] = {"book": "status", "quarter": QUARTER, "by": cast[who]}
    with pytest.raises(PermissionDenied):
        runs.request_run(**asked | wanted)
    assert not ReportRun.objects.exists()


@pytest.mark.parametrize(
    ("who", "wanted", "sentence"),
    [
        ("lead", {"lead_unit": "四川省能源局"}, "单位人员只能生成本单位"),
        ("coordinator", {"lead_unit": "江津区财政局"}, "协调办公室只能生成所协调方案"),
        ("auditor", {"lead_unit": "四川省能源局"}, "督查员只能生成督查辖区内"),
        ("stranger", {"lead_unit": "四川省能源局"}, "您没有在单位、协调办公室或督查岗位任职"),
    ],
)
def test_a_refusal_fits_the_person(
    cast: dict[str, User], who: str, wanted: dict[str, str], sentence: str
) -> None:
    unit = Unit.objects.get(name=wanted["lead_unit"])
    with pytest.raises(PermissionDenied, match=sentence):
        runs.request_run(book="status", quarter=QUARTER, lead_unit=unit, by=cast[who])


def test_a_lead_may_have_its_own_workbook_made(cast: dict[str, User]) -> None:
    run = made(quarter=QUARTER, lead_unit=Unit.objects.get(name="重庆市能源局"), by=cast["lead"])
    assert run.files.count() == 1
    assert policy.can(cast["lead"], "file.view", run.files.get())


def test_who_coordinates_two_plans_must_say_which(cast: dict[str, User]) -> None:
    both = cast["coordinator"]
    Membership.objects.create(
        user=both, role="coordinator", office=Office.objects.get(name="江津区双碳办")
    )
    both = User.objects.get(pk=both.pk)
    with pytest.raises(ValidationError, match="请指定方案"):
        runs.request_run(book="status", quarter=QUARTER, by=both)
    plan = Plan.objects.get(code="jiangjin-2022")
    run = runs.request_run(book="status", quarter=QUARTER, plan=plan, by=both)
    assert str(run.office) == "江津区双碳办"


def seen(user: Any, run: ReportRun) -> set[str]:
    return set(policy.scope(user, "file.view").filter(run=run).values_list("name", flat=True))


@pytest.mark.usefixtures("unwritten")
def test_who_may_take_the_files_of_an_offices_run(cast: dict[str, User], joint: Plan) -> None:
    run = made(quarter=QUARTER, plan=joint, by=cast["coordinator"])
    everything = set(run.files.values_list("name", flat=True))
    own = {"重庆市能源局2026年第3季度进展情况表.xlsx"}
    expected = {
        "coordinator": everything,
        "auditor": set(),  # the office's books hold the other side's approved text
        "admin": everything,
        "lead": own,
        "lead-sichuan": {"四川省能源局2026年第3季度进展情况表.xlsx"},
        "lead-jiangjin": set(),
        "coordinator-sichuan": set(),
        "coordinator-jiangjin": set(),
        "stranger": set(),
    }
    assert {who: seen(cast[who], run) for who in expected} == expected
    assert seen(AnonymousUser(), run) == set()
    for who, files in expected.items():
        assert policy.can(cast[who], "run.view", run) == bool(files), who


@pytest.mark.usefixtures("unwritten")
def test_an_inspector_of_all_sides_takes_the_offices_files(cast: dict[str, User]) -> None:
    run = made(quarter=QUARTER, by=cast["coordinator-jiangjin"])
    assert seen(cast["auditor"], run) == set(run.files.values_list("name", flat=True))
    assert seen(inspector(Jurisdiction.objects.get(code="510000")), run) == set()


@pytest.mark.usefixtures("unwritten")
def test_a_colleague_in_the_office_sees_the_run_too(cast: dict[str, User], joint: Plan) -> None:
    run = made(quarter=QUARTER, plan=joint, by=cast["coordinator"])
    colleague = coordinator(Office.objects.get(name="重庆市双碳办"))
    assert policy.can(colleague, "run.view", run)


@pytest.mark.usefixtures("unwritten")
def test_an_inspectors_run_is_the_inspectors(cast: dict[str, User]) -> None:
    run = made(quarter=QUARTER, by=cast["auditor"])
    assert policy.can(cast["auditor"], "run.view", run)
    assert not policy.can(inspector(Jurisdiction.objects.get(code="510000")), "run.view", run)
    assert not policy.can(cast["coordinator-sichuan"], "run.view", run)


@pytest.mark.usefixtures("unwritten")
def test_a_run_by_the_operator_shows_each_unit_its_own(cast: dict[str, User]) -> None:
    run = made(quarter=QUARTER)
    assert len(seen(cast["lead"], run)) == 1
    assert seen(cast["coordinator"], run) == set()
    assert len(seen(cast["admin"], run)) == 33


def text_of(run: ReportRun, name: str) -> str:
    """All that stands in the workbook."""
    file = next(file for file in run.files.all() if file.name.startswith(name))
    book = openpyxl.load_workbook(file.full_path)
    cells = (cell.value for page in book for row in page.iter_rows() for cell in row)
    return "\n".join(str(value) for value in cells if value is not None)


def holding(run: ReportRun) -> list[str]:
    """The workbooks in which the secret stands."""
    names = run.files.exclude(kind="archive").values_list("name", flat=True)
    return [name for name in names if SECRET in text_of(run, name)]


@pytest.mark.parametrize(
    ("who", "may_read"),
    [("coordinator", True), ("coordinator-sichuan", False), ("admin", True)],
)
def test_submitted_text_stands_only_before_its_own_side(
    cast: dict[str, User], joint: Plan, secret: ProgressReport, who: str, may_read: bool
) -> None:
    run = made(quarter=QUARTER, plan=joint, by=cast[who])
    assert (SECRET in text_of(run, "重庆市能源局")) == may_read
    assert ("待审核（填报37%）" in text_of(run, "重庆市能源局")) == may_read
    # The joint summary rests on approved text and figures, whoever asks.
    summary = text_of(run, run.files.get(kind="summary").name)
    assert SECRET not in summary
    assert "填报37%" not in summary
    assert SECRET not in text_of(run, "四川省能源局")


def test_submitted_text_stands_in_the_units_own_workbook_only(
    cast: dict[str, User], secret: ProgressReport
) -> None:
    run = made(quarter=QUARTER)
    assert holding(run) == ["重庆市能源局2026年第3季度进展情况表.xlsx"]


def test_drafts_stand_nowhere(cast: dict[str, User], secret: ProgressReport) -> None:
    ProgressReport.objects.filter(pk=secret.pk).update(state="draft")
    run = made(quarter=QUARTER)
    assert holding(run) == []


def test_approved_text_reaches_the_units_of_the_same_task(
    cast: dict[str, User], secret: ProgressReport
) -> None:
    ProgressReport.objects.filter(pk=secret.pk).update(state="approved")
    run = made(quarter=QUARTER)
    of_task = Responsibility.objects.filter(task=secret.responsibility.task)
    # The other lead's workbook has its own side only; those of cooperating units have both.
    with_books = set(run.files.filter(kind="unit").values_list("unit__name", flat=True))
    cooperating = set(of_task.filter(role="cooperating").values_list("unit__name", flat=True))
    expected = {"重庆市能源局"} | (cooperating & with_books)
    assert len(expected) > 1
    suffix, summary = "2026年第3季度进展情况表.xlsx", "2026年第3季度进展汇总表.xlsx"
    assert set(holding(run)) == {f"{unit}{suffix}" for unit in expected} | {summary}


def test_an_inspector_learns_nothing_of_the_other_side(cast: dict[str, User]) -> None:
    run = made(quarter=QUARTER, by=cast["auditor"])
    book = openpyxl.load_workbook(run.files.get(kind="summary").full_path)
    tabs = [page for page in book if page.title.startswith("牵头单位")]
    leads = {row[2].value for page in tabs for row in page}
    assert "重庆市能源局" in leads
    assert "四川省能源局" not in leads
    other = ProgressReport.objects.filter(
        responsibility__side__code="510000", period__year=2026, state="approved"
    )
    assert other.exists()
    whole = "\n".join(text_of(run, f.name) for f in run.files.exclude(kind="archive"))
    assert not any(report.progress in whole for report in other)


def test_unknown_verbs_are_refused(cast: dict[str, User]) -> None:
    with pytest.raises(ValueError, match="no verb"):
        policy.scope(cast["admin"], "run.change")


def test_a_person_who_left_the_unit_gets_nothing_made(cast: dict[str, User]) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    run = runs.request_run(book="status", quarter=QUARTER, lead_unit=unit, by=cast["lead"])
    Membership.objects.filter(user=cast["lead"]).delete()
    finished = make(run.pk, today=TODAY)
    assert finished is not None
    assert "累计完成" not in text_of(finished, "重庆市能源局")
