"""A book in English: its own words, with what was reported as it was written."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from reports.services import runs
from tasks.models import Plan, Task
from tests.reports.conftest import made
from tests.reports.test_every_cell import head_of
from tracker.lib.workdays import Quarter
from units.models import Unit

QUARTER = Quarter(2026, 3)
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_heads_titles_and_tabs_are_english_and_titles_of_tasks_are_not(joint: Plan) -> None:
    for key in ("quarterly", "overdue", "targets", "assessment"):
        run = made(quarter=QUARTER, plan=joint, book=key, language="en")
        book = load_workbook(run.files.get().full_path)
        for page in book:
            heads = [cell.value for cell in page[head_of(page)] if cell.value]
            own = [page.title, page["A1"].value, *heads]
            named = [word for word in own if CHINESE.search(word)]
            # A column that is a side's has the side's name in it.
            assert [word for word in named if not re.search("重庆市|四川省", word)] == [], key
        assert book.properties.language == "en"
    progress = load_workbook(
        made(quarter=QUARTER, plan=joint, book="quarterly", language="en").files.get().full_path
    )
    text = {cell.value for page in progress for row in page.iter_rows() for cell in row}
    assert set(Task.objects.filter(plan=joint).values_list("title", flat=True)) <= text


def test_a_book_names_the_system_and_no_person(joint: Plan) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    file = made(quarter=QUARTER, plan=joint, lead_unit=unit).files.get()
    about = load_workbook(file.full_path).properties
    assert about.title == "重庆市能源局2026年第3季度进展情况表"
    assert about.subject == f"2026年第3季度 进展情况表：{joint.name}"
    assert (about.creator, about.lastModifiedBy, about.language) == ("碳责通", None, "zh-CN")


def test_another_language_is_refused_with_a_sentence(joint: Plan) -> None:
    with pytest.raises(ValidationError, match="语言“fr”无效"):
        runs.request_run(book="status", quarter=QUARTER, plan=joint, by=None, language="fr")
    with pytest.raises(CommandError, match="语言“fr”无效"):
        call_command("export_reports", period="2026Q3", output="/nonexistent", language="fr")
