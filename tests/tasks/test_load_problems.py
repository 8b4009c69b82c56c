"""`load_plans` tells all that is wrong, with file and record, and then changes nothing."""

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from tasks.models import Plan
from tests.tasks.lake import NEW_PLAN, load
from units.models import AuditEntry, Unit

pytestmark = pytest.mark.django_db


def refused(tmp_path: Path, text: str) -> str:
    """Return what is told of a file that cannot be loaded; nothing may have been written."""
    path = tmp_path / "new.yaml"
    path.write_text(text, encoding="utf-8")
    before = (Plan.objects.count(), Unit.objects.count(), AuditEntry.objects.count())
    with pytest.raises(CommandError, match="没有载入，数据未改动") as caught:
        load(path)
    assert (Plan.objects.count(), Unit.objects.count(), AuditEntry.objects.count()) == before
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ("unit: 区水务局, role: lead", "unit: 区水利局, role: lead"),
            "任务1“修复湖岸”：没有名为“区水利局”的单位",
        ),
        (("title: 修复湖岸", "titel: 修复湖岸"), "未知的键“titel”"),
        (("title: 修复湖岸", "titel: 修复湖岸"), "缺少“title”"),
        (
            ("due_on: 2026-12-31", "due_on: 2026-02-30"),
            "“due_on”应为存在的日期（如 2022-02-23），而不是“2026-02-30”",
        ),
        (("due_on: 2026-12-31", "due_on: 明年"), "而不是“明年”"),
        (("number: 2\n        title", "number: 1\n        title"), "“number”1重复"),
        (
            ("unit: 区财政局, role: cooperating", "unit: 区财政局, role: lead"),
            "“side”990101有两个以上牵头单位",
        ),
        (
            ("{unit: 财政局, role: lead}", "{unit: 财政局, role: cooperating}"),
            "任务3“改造路灯”：没有牵头单位",
        ),
        (("role: lead", "role: chief"), "“role”应为lead、cooperating之一，而不是“chief”"),
        (("ends_on: 2027-12-31", "ends_on: 2025-12-31"), "“ends_on”早于“starts_on”"),
        (("  ends_on: 2027-12-31\n", ""), "须有“ends_on”"),
        (("document: lake-plan\n  status", "document: sea-plan\n  status"), "没有文件“sea-plan”"),
        (("parent: '990000'", "parent: '980000'"), "没有辖区“980000”"),
        (("office: 湖滨区双碳办", "office: 湖滨办"), "没有协调办公室“湖滨办”"),
        (("host_unit: 区水务局", "host_unit: 区水利所"), "没有名为“区水利所”的单位"),
        (("code: '990101', name", "code: '99010', name"), "应为六位行政区划代码"),
        (("unit: 市交通局", "unit: 湖滨区财政局"), "单位“湖滨区财政局”重复列出"),
        (("value: 2,", "value: 二,"), "“value”应为数字，而不是“二”"),
        (("value: 2,", "value: 3,"), "“value_max”应不小于“value”"),
        (("value_max: 2.5, ", ""), "区间目标须有"),
        (("task: 2}", "task: 7}"), "方案“lake-2026”没有任务7"),
        (
            (
                "role: lead}\n          - {unit: 区财",
                "role: lead, side: '990000'}\n          - {unit: 区财",
            ),
            "不是本方案的一方",
        ),
        (("title: 治水行动", "title: " + "长" * 201), "标题：确保该变量包含不超过 200 字符"),
        (
            ("number: 1\n        title: 修复湖岸", "number: 一\n        title: 修复湖岸"),
            "应为正整数",
        ),
        (("code: lake-2026", "code: 湖滨"), "应为小写字母"),
        (("documents:", "dokuments:"), "未知的键“dokuments”"),
        (("issuers: [湖滨区人民政府]", "issuers: 湖滨区人民政府"), "应为列表"),
        (("title: 改造路灯", "title: ''"), "“title”不能为空"),
        (("title: 改造路灯", "title: 改造路灯\n        title: 又一个"), "键“title”重复"),
        (("title: 改造路灯", "title: '改造路灯"), "不是有效的 YAML"),
        (("title: 改造路灯", "title: [路灯]"), "应为文字"),
        (("title: 改造路灯", 'title: "=1+2"'), "任务3“=1+2”：“title”不能以“=”开头"),
        (("name: 湖滨区财政局", 'name: " =A1"'), "单位“ =A1”：“name”不能以“=”开头"),
        (("indicator: 湿地面积", "indicator: '=湿地'"), "“indicator”不能以“=”开头"),
        (
            ("title: 改造路灯", 'title: "改造\\x07路灯"'),
            "任务3“改造路灯”：“title”含有控制字符（U+0007），请删去",
        ),
        (("title: 改造路灯", 'title: "改造\\r路灯"'), "含有控制字符（U+000D）"),
        (("title: 改造路灯", "title: 改造\x07路灯"), "含有控制字符（U+0007），请删去"),
        (
            ("        title: 改造路灯", "        title: 改造路灯\n        implements: [1]"),
            "没有写明它落实哪个方案",
        ),
    ],
)
def test_what_is_wrong_is_told_with_file_and_record(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    assert change[0] in NEW_PLAN
    told = refused(tmp_path, NEW_PLAN.replace(change[0], change[1], 1))
    assert sentence in told
    assert "new.yaml" in told


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = NEW_PLAN.replace("due_on: 2026-12-31", "due_on: x").replace(
        "title: 建设湿地", "titel: 湿地"
    )
    told = refused(tmp_path, text)
    assert all(words in told for words in ("due_on", "titel", "缺少“title”"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- 1", "文件顶层应为“键: 值”"),
        ("actions: []", "有“actions”而没有“plan”"),
        (
            "targets: [{indicator: 甲, kind: qualitative, operator: words}]",
            "有“targets”而没有“plan”",
        ),
        (
            "plan: nothing\ntargets: [{indicator: 甲, kind: quantified, operator: reach}]",
            "定量目标缺少“value”",
        ),
        (
            "plan: nothing\ntargets: [{indicator: 甲, kind: qualitative, operator: words}]",
            "没有方案“nothing”",
        ),
        ("observations: [{indicator: 甲, basis: 本期, period_text: 上半年}]", "须有其一"),
        (
            "observations: [{indicator: 甲, basis: 本期, period_text: 上半年, value: 1}]",
            "请写明来源文件",
        ),
        ("document: [a]\nobservations: []", "“document”应为文字"),
        (
            "document: no\n"
            "observations: [{indicator: 甲, basis: 本期, period_text: 上半年, value: 1}]",
            "没有文件“no”",
        ),
        ("units: 甲", "“units”应为列表"),
        (
            "units: [{name: 甲, names: [{name: 乙, kind: short, "
            "valid_from: 2024-01-01, valid_until: 2023-01-01}]}]",
            "停用日期早于起用日期",
        ),
        ("units: [{name: 甲}, {name: 甲}]", "重复"),
    ],
)
def test_files_that_make_no_sense(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in refused(tmp_path, text)


def test_missing_file_and_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.yaml：文件无法读取（没有这个文件）"):
        load(tmp_path / "none.yaml")
    with pytest.raises(CommandError, match=r"没有 \.yaml 文件"):
        load(tmp_path)


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("plan: 方案".encode("gbk"))
    with pytest.raises(CommandError, match=r"gbk\.yaml：文件无法读取（不是 UTF-8 编码，请另存为"):
        load(path)
