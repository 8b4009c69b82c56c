"""`load_plans`: twice is once, and what people have entered stays."""

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from tasks.models import Plan, Responsibility, Target, Task
from tests.fixtures.conftest import ROOT
from tests.tasks.lake import NEW_PLAN, load
from units.models import AuditEntry, Office, Region, Unit, UnitName
from units.services.names import find_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_plan(tmp_path: Path) -> Path:
    path = tmp_path / "lake.yaml"
    path.write_text(NEW_PLAN, encoding="utf-8")
    return path


def test_second_run_changes_nothing_and_says_so() -> None:
    first = load()
    assert "任务：新增 86，更新 0，未变 0" in first
    assert "已载入 12 个文件" in first
    entries = AuditEntry.objects.filter(verb="data.load").count()
    assert entries == 12
    second = load()
    assert "新增 0，更新 0，未变 86" in second
    assert "12 个文件均已载入，没有变化。" in second
    assert "保留" not in second
    assert AuditEntry.objects.filter(verb="data.load").count() == entries


def test_audit_names_the_file_and_the_counts() -> None:
    load()
    entry = AuditEntry.objects.get(after__file="plans/joint-2022.yaml")
    assert entry.after["created"] == {"方案": 1, "行动": 10, "任务": 26, "责任": 211}


def test_what_people_entered_stays_and_is_named() -> None:
    load()
    task = Task.objects.get(plan__code="joint-2022", number=3)
    Task.objects.filter(pk=task.pk).update(summary="由人修改的概要。", due_on="2025-06-30")
    Unit.objects.filter(name="重庆市能源局").update(name="重庆市能源委")
    Target.objects.filter(value=16).update(comparator="以上")
    out = load()
    task.refresh_from_db()
    assert (task.summary, str(task.due_on)) == ("由人修改的概要。", "2025-06-30")
    assert Unit.objects.filter(name="重庆市能源委").exists()
    assert not Unit.objects.filter(name="重庆市能源局").exists()
    assert Target.objects.get(value=16).comparator == "以上"
    assert "保留人工修改：任务“3. 加强煤气油储备能力建设”：概要" in out
    assert "保留人工修改：单位“重庆市能源委”：单位名称" in out
    assert "没有变化" in out


def test_what_people_removed_does_not_come_back() -> None:
    load()
    part = Responsibility.objects.get(task__plan__code="joint-2022", order=3, task__number=2)
    name = UnitName.objects.get(name="重庆市经济和信息化委员会")
    part.delete()
    name.delete()
    out = load()
    assert not Responsibility.objects.filter(pk=part.pk).exists()
    assert Responsibility.objects.filter(task__plan__code="joint-2022").count() == 210
    assert not UnitName.objects.filter(name=name.name).exists()
    assert "单位“重庆市水利局”已移除" in out
    assert "名称“重庆市经济和信息化委员会”已删除" in out


def test_links_and_lists_that_people_changed_stay() -> None:
    load()
    task = Task.objects.get(plan__code="jiangjin-2022", number=9)
    task.implements.clear()
    Region.objects.get().members.clear()
    plan = Plan.objects.get(code="joint-2022")
    plan.sides.filter(order=2).update(office=Office.objects.get(name="江津区双碳办"))
    out = load()
    assert task.implements.count() == 0
    assert Region.objects.get().members.count() == 0
    assert plan.sides.get(order=2).office.name == "江津区双碳办"
    for words in ("落实的任务", "范围", "各方"):
        assert words in out


def test_a_corrected_file_brings_untouched_rows_up_to_date(new_plan: Path) -> None:
    load(new_plan)
    text = NEW_PLAN.replace("修复湖岸", "修复湖岸和岛屿").replace("2027-12-31", "2028-12-31")
    new_plan.write_text(text, encoding="utf-8")
    Plan.objects.filter(code="lake-2026").update(number="湖府〔2026〕1号")
    out = load(new_plan)
    plan = Plan.objects.get(code="lake-2026")
    assert (str(plan.ends_on), plan.number) == ("2028-12-31", "湖府〔2026〕1号")
    assert Task.objects.get(plan=plan, number=1).title == "修复湖岸和岛屿"
    assert "任务：新增 0，更新 1，未变 2" in out


def test_units_change_places_in_a_list(new_plan: Path) -> None:
    load(new_plan)
    one, two = "- {unit: 区财政局, role: cooperating}", "- {unit: 市交通局, role: cooperating}"
    swapped = NEW_PLAN.replace(one, "#").replace(two, f"{two}\n          {one}")
    new_plan.write_text(swapped, encoding="utf-8")
    load(new_plan)
    rows = Responsibility.objects.filter(task__number=1).order_by("order")
    assert [(r.order, r.unit.name) for r in rows] == [
        (1, "湖滨区水务局"),
        (2, "某某市交通局"),
        (3, "湖滨区财政局"),
    ]
    assert "没有变化" in load(new_plan)


def test_a_place_taken_by_people_stays_theirs(new_plan: Path) -> None:
    load(new_plan)
    task = Task.objects.get(number=1)
    Responsibility.objects.filter(task=task, order=3).delete()
    task.loaded = {**task.loaded, "responsibilities": task.loaded["responsibilities"][:2]}
    task.save(update_fields=["loaded"])
    guest = Unit.objects.create(name="湖滨区公安局", jurisdiction=task.plan.jurisdiction)
    Responsibility.objects.create(task=task, unit=guest, role="cooperating", order=3)
    load(new_plan)
    rows = Responsibility.objects.filter(task=task).order_by("order")
    assert [r.unit.name for r in rows][2:] == ["湖滨区公安局", "某某市交通局"]
    assert "没有变化" in load(new_plan)


def test_any_further_plan_loads_from_one_file(new_plan: Path) -> None:
    load(new_plan)
    plan = Plan.objects.get(code="lake-2026")
    assert plan.tasks.count() == 3
    leads = Responsibility.objects.leads().filter(task__plan=plan).order_by("task__number")
    assert [r.unit.name for r in leads] == ["湖滨区水务局", "湖滨区水务局", "湖滨区财政局"]
    assert {r.side.code for r in leads if r.side} == {"990101"}
    assert {r.state for r in leads} == {"not_started"}
    first = leads[0]
    assert (first.written, first.task.clause) == ("区水务局", "")
    target = Target.objects.get(plan=plan)
    assert (target.promise, target.task) == ("2–2.5公顷", Task.objects.get(plan=plan, number=2))
    assert find_unit("某某市湖滨区水务局").name == "湖滨区水务局"


def test_what_the_database_refuses_is_told(new_plan: Path) -> None:
    """A plan that is tracked cannot become a draft."""
    load(new_plan)
    Plan.objects.update(tracked_from="2026Q4")
    new_plan.write_text(NEW_PLAN.replace("status: issued", "status: draft"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"lake\.yaml：征求意见稿仅供参考，不能启用填报。"):
        load(new_plan)
    assert Plan.objects.get(code="lake-2026").status == "issued"


def test_the_example_of_the_readme_loads(tmp_path: Path) -> None:
    load()
    readme = (ROOT / "fixtures" / "README.md").read_text(encoding="utf-8")
    example = tmp_path / "example.yaml"
    example.write_text(readme.split("```yaml")[1].split("```")[0], encoding="utf-8")
    load(example)
    task = Task.objects.get(plan__code="lake-2026")
    assert [above.number for above in task.implements.all()] == [13]
    assert [r.unit.name for r in task.responsibilities.order_by("order")] == [
        "示例区水务局",
        "示例区财政局",
    ]


def test_members_of_a_collective(tmp_path: Path) -> None:
    path = tmp_path / "units.yaml"
    path.write_text("units: [{name: 各园区, kind: collective, members: [甲园区]}, {name: 甲园区}]")
    load(path)
    assert [u.name for u in Unit.objects.get(name="各园区").members.all()] == ["甲园区"]
    assert "没有变化" in load(path)
