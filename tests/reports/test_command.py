"""export_reports: the operator's door to the same service."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from reports.models import ReportRun
from tasks.models import Period, Plan, ProgressReport, Responsibility
from tracker.lib.excel.clean import clean_text


def export(output: Path, **options: Any) -> list[str]:
    out = io.StringIO()
    call_command("export_reports", output=output, stdout=out, **{"period": "2025Q4"} | options)
    return out.getvalue().split()


def test_a_quarter_goes_into_the_folder(joint: Plan, tmp_path: Path) -> None:
    paths = export(tmp_path / "out")
    assert len(paths) == 33
    assert sorted(map(str, (tmp_path / "out").iterdir())) == sorted(paths)
    assert ReportRun.objects.get().state == "done"


def test_one_unit_under_any_of_its_names(joint: Plan, tmp_path: Path) -> None:
    paths = export(tmp_path, lead_unit="重庆市经济和信息化委员会", plan="joint-2022")
    assert [Path(path).name for path in paths] == ["重庆市经济信息委2025年第4季度进展情况表.xlsx"]


def test_the_coordinators_book_alone(joint: Plan, tmp_path: Path) -> None:
    paths = export(tmp_path, book="quarterly", period="２０２５ｑ４")
    assert [Path(path).name for path in paths] == ["2025年第4季度进展汇总表.xlsx"]
    tabs = openpyxl.load_workbook(paths[0]).sheetnames
    assert {"总体情况-联合行动方案", "总体情况-江津区行动方案"} <= set(tabs)
    assert {tab.partition("-")[2] for tab in tabs} == {"联合行动方案", "江津区行动方案"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"period": "2025Q5"}, "无法识别季度“2025Q5”"),
        ({"period": "2019Q1"}, "没有方案设有2019年第1季度的填报期"),
        ({"plan": "joint"}, "没有代码为“joint”的方案：现有"),
        ({"plan": "dazhou-draft"}, "仅供参考"),
        ({"lead_unit": "重庆市能原局"}, "重庆市能源局"),
        ({"lead_unit": "火星办"}, "没有名为“火星办”的单位"),
        ({"book": "x"}, "没有名为“x”的报表"),
        ({"paper": "A5"}, "纸张“A5”无效"),
    ],
)
def test_bad_input_gets_a_sentence_and_leaves_nothing(
    joint: Plan, tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        export(tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()
    assert not ReportRun.objects.exists()


def test_a_folder_that_cannot_be_written_gets_a_sentence(joint: Plan, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(CommandError, match="无法写入文件夹"):
        export(blocked / "out", lead_unit="重庆市能源局")


def test_hostile_text_comes_out_as_text(joint: Plan, tmp_path: Path) -> None:
    hostile = {
        "progress": '=HYPERLINK("http://x")\x0b坏\x00',
        "problems": "+1\ud800".encode("utf-8", "ignore").decode(),
        "next_steps": "@SUM(A1:A9)",
        "coordination": "-2+3|cmd",
    }
    side = Responsibility.objects.filter(unit__name="重庆市能源局", role="lead").first()
    period = Period.objects.of(_quarter()).get(plan=joint)
    stored = {name: text.replace("\x00", "") for name, text in hostile.items()}
    ProgressReport.objects.update_or_create(
        responsibility=side,
        period=period,
        defaults={"state": "approved", "percent": 5, **stored},
    )
    (path,) = export(tmp_path, lead_unit="重庆市能源局")
    page = openpyxl.load_workbook(path)["牵头任务"]
    cells = {cell.value: cell for row in page.iter_rows(min_row=4) for cell in row if cell.value}
    for text in stored.values():
        cell = cells[clean_text(text)]
        assert cell.data_type == "s"
        assert cell.quotePrefix


def _quarter() -> Any:
    from tracker.lib.workdays import Quarter

    return Quarter(2025, 4)
