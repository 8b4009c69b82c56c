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
    (tmp_path / "tasks/words.py").write_text(
        '_("甲")\nngettext("%d项", "%d项们", 2)\n_t("丁")\npgettext("nav", "任务")\n'
        'pgettext_lazy("nav", "目标")\nnpgettext("head", "%d天", "%d天们", 2)\n'
    )
    (tmp_path / "tasks/templates/tasks/a.html").write_text(
        '{% translate "乙" %}{% blocktranslate %}共{{ n }}项{% endblocktranslate %}'
        '{% blocktranslate count k=k %}一{% plural %}多{% endblocktranslate %}{{ _("丙") }}'
        '{% translate "方案" context "nav" %}'
        '{% blocktranslate count k=k context "head" %}单{% plural %}双{% endblocktranslate %}'
    )
    settings.BASE_DIR = tmp_path
    assert translations.messages() == {
        ("甲", "", ""), ("%d项", "%d项们", ""), ("丁", "", ""), ("任务", "", "nav"),
        ("目标", "", "nav"), ("%d天", "%d天们", "head"), ("乙", "", ""), ("共%(n)s项", "", ""),
        ("一", "多", ""), ("丙", "", ""), ("方案", "", "nav"), ("单", "双", "head"),
    }  # fmt: skip


def test_one_text_in_two_contexts_has_two_english_texts(settings, tmp_path: Path):
    (tmp_path / "tasks").mkdir()
    words = tmp_path / "tasks/words.py"
    words.write_text('_("任务")\n')
    settings.BASE_DIR = tmp_path
    translations.update()
    path = translations.po_path()
    path.write_text(path.read_text().replace('"任务"\nmsgstr ""', '"任务"\nmsgstr "Task"'))
    words.write_text('_("任务")\npgettext("nav", "任务")\n')
    translations.update()
    assert translations.missing() == ["no English: 任务"]
    text = path.read_text()
    assert 'msgctxt "nav"\nmsgid "任务"\nmsgstr ""' in text
    assert 'msgid "任务"\nmsgstr "Task"' in text


def test_a_text_that_gets_a_plural_keeps_its_english(settings, tmp_path: Path):
    (tmp_path / "tasks").mkdir()
    words = tmp_path / "tasks/words.py"
    words.write_text('_("%(n)d天")\n')
    settings.BASE_DIR = tmp_path
    translations.update()
    path = translations.po_path()
    path.write_text(path.read_text().replace('天"\nmsgstr ""', '天"\nmsgstr "%(n)d days"'))
    words.write_text('ngettext("%(n)d天", "%(n)d天", n)\n')
    assert translations.missing()
    translations.update()
    assert translations.missing() == []


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


@pytest.mark.parametrize(
    ("one", "many", "problems"),
    [
        ("this one", "%(n)d of %(a)s", ["placeholders differ"]),
        ("this one of %(a)s", "%(n)d of %(a)s", []),
        ("%(n)d of %(a)s", "%(n)d of %(a)s", []),
        ("%(n)d here", "%(n)d of %(a)s", ["placeholders differ"]),
        ("this one of %(a)s", "many of %(a)s", ["placeholders differ"]),
        ("this one of %(a)s", "%(n)d", ["placeholders differ"]),
        ("one of %(a)s %(b)s", "%(n)d of %(a)s", ["placeholders differ"]),
    ],
)
def test_a_singular_alone_may_leave_its_number_out(
    settings, tmp_path: Path, one: str, many: str, problems: list[str]
):
    settings.BASE_DIR = tmp_path
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks/words.py").write_text('ngettext("%(a)s的%(n)d个", "%(a)s的%(n)d个", 2)\n')
    translations.update()
    path = translations.po_path()
    text = path.read_text().replace('msgstr[0] ""', f'msgstr[0] "{one}"')
    path.write_text(text.replace('msgstr[1] ""', f'msgstr[1] "{many}"'))
    assert [found.partition(":")[0] for found in translations.missing()] == problems


def test_compiled_catalogue_serves_english():
    translations.compile_catalogue()
    with translation.override("en"):
        page = Template('{% load i18n %}{% translate "任务" %}').render(Context())
    assert page == "Task"
