"""Every Chinese text that a user reads has its English."""

from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

from tracker import translations


def test_english_catalogue_is_complete():
    assert translations.missing() == []


def test_texts_of_python_and_of_templates_are_collected(settings, tmp_path: Path):
    (tmp_path / "tasks/templates/tasks").mkdir(parents=True)
    (tmp_path / "tasks/words.py").write_text('_("甲")\nngettext("%d项", "%d项们", 2)\n')
    (tmp_path / "tasks/templates/tasks/a.html").write_text(
        '{% translate "乙" %}{% blocktranslate %}共{{ n }}项{% endblocktranslate %}'
        '{% blocktranslate count k=k %}一{% plural %}多{% endblocktranslate %}{{ _("丙") }}'
    )
    settings.BASE_DIR = tmp_path
    assert translations.messages() == {
        "甲", ("%d项", "%d项们"), "乙", "共%(n)s项", ("一", "多"), "丙",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("english", "problem"),
    [("", "no English: 共%(n)s项"), ("in all", "placeholders differ: 共%(n)s项")],
)
def test_a_missing_or_broken_entry_is_named(settings, tmp_path: Path, english: str, problem: str):
    settings.BASE_DIR = tmp_path
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks/words.py").write_text('_("共%(n)s项")\n')
    translations.update()
    path = translations.po_path()
    path.write_text(path.read_text().replace('msgstr ""\n', f'msgstr "{english}"\n'))
    # The header's own empty msgid keeps its text: only the entry's line is last.
    assert translations.missing() == [problem]


def test_compiled_catalogue_serves_english():
    translations.compile_catalogue()
    with translation.override("en"):
        page = Template('{% load i18n %}{% translate "任务" %}').render(Context())
    assert page == "Task"
