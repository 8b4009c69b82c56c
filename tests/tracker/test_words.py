"""Words in the reader's language: lists, numbers of days, the navigation, marks between texts."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from tests import factories as make
from tracker.lib.text import listed

ROOT = Path(settings.BASE_DIR)
TODAY = make.TODAY
TRANSLATED = re.compile(
    r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}"
    r"|\{% blocktranslate.*?\{% endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# The language's own name, and what stands in no language.
OWN_NAMES = {"tracker/templates/frame/language.html"}


def templates() -> list[Path]:
    return sorted(path for app in ("tracker", "units", "tasks", "reports")
                  for path in (ROOT / app).rglob("templates/**/*.html"))  # fmt: skip


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_chinese_stands_outside_translated_text(path: Path) -> None:
    rest = TRANSLATED.sub("", path.read_text(encoding="utf-8"))
    assert CHINESE.findall(rest) == []


def test_a_list_is_joined_as_the_language_does() -> None:
    assert listed(["甲", 2]) == "甲、2"
    page = Template("{% load ui %}{{ names|listed }}")
    with translation.override("en"):
        assert listed(["a", "b", "c"]) == "a, b, c"
        assert page.render(Context({"names": ["a", "b"]})) == "a, b"


@pytest.mark.parametrize(
    ("days", "chinese", "english"),
    [
        (12, "还有12天", "12 days left"),
        (1, "还有1天", "1 day left"),
        (0, "今天到期", "Due today"),
        (-1, "已超1天", "1 day over"),
        (-41, "已超41天", "41 days over"),
    ],
)
def test_days_read_as_one_says_them(days: int, chinese: str, english: str) -> None:
    page = Template("{% load ui %}{% days_left due today %}")
    context = Context({"today": TODAY, "due": TODAY + datetime.timedelta(days)})
    assert page.render(context) == chinese
    with translation.override("en"):
        assert page.render(context) == english


@pytest.fixture
def english(client, db):
    client.force_login(make.UserFactory(superuser=True))
    client.cookies["django_language"] = "en"
    return client


def test_the_navigation_names_many_and_a_column_one(english) -> None:
    make.ResponsibilityFactory(task=make.TaskFactory(plan=make.joint_plan()))
    page = english.get("/tasks/")
    names = {str(item.label) for item in page.context["frame"].nav}
    assert {"Tasks", "Targets", "Plans", "Workbooks", "Reminders"} <= names
    text = " ".join(page.text.split())
    assert "<h1> Tasks </h1>" in text
    assert ">Task <" in text or ">Task </a>" in text  # the head of the column


def test_a_light_says_how_many_days_in_english(english) -> None:
    task = make.TaskFactory(plan=make.joint_plan(), due_on=TODAY - datetime.timedelta(days=3))
    make.ResponsibilityFactory(task=task)
    with_days = english.get(f"/tasks/{task.pk}/").text
    assert re.search(r"; \d+ days past the due date", with_days)


def test_issuers_are_listed_in_english(english) -> None:
    make.PlanFactory(code="two-issuers", issuers=["甲机关", "乙机关"])
    assert "甲机关, 乙机关" in english.get("/plans/two-issuers/").text


def test_no_word_of_a_second_kind() -> None:
    """One thing has one word."""
    avoided = [
        "口令",
        "种类",
        "您的单位",
        "您所在的单位",
        "现在没有开放",
        "目前没有开放",
        "尚无开放",
    ]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for app in ("tracker", "units", "tasks", "reports")
        for path in (ROOT / app).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".po"}
        for word in avoided
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []
