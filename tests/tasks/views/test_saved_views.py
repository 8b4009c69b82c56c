"""常用视图: one's own names for filters."""

from typing import Any

import pytest

from tasks.models import SavedView
from tests.factories import SavedViewFactory

SAVE = "/saved-views/"


def save(browser: Any, **values: Any) -> Any:
    sent = {"page": "tasks:overdue", "query": "kind=expired&page=3", "name": "期满", **values}
    return browser.post(SAVE, sent)


def test_saved_shown_as_a_chip_and_opened(as_: Any, world: Any, clock: Any) -> None:
    browser = as_(world.stranger)
    assert save(browser).headers["Location"] == "/overdue/?kind=expired"
    view = SavedView.objects.get()
    assert (view.person, view.query) == (world.stranger, "kind=expired")
    response = browser.get("/overdue/", {"kind": "expired"})
    assert response.context["saved_now"] == view
    assert "期满</a>" in response.text
    assert browser.get("/tasks/").context["saved_views"] == []


@pytest.mark.parametrize("page", ["tasks:overdue", "tasks:list"])
def test_the_same_name_takes_the_new_filters(as_: Any, world: Any, clock: Any, page: str) -> None:
    browser = as_(world.stranger)
    save(browser, page=page, query="")
    save(browser, page=page, query="unit=%E6%B2%B3")
    assert SavedView.objects.get().query == "unit=%E6%B2%B3"


def test_renamed_and_deleted(as_: Any, world: Any, clock: Any) -> None:
    view = SavedViewFactory(person=world.stranger)
    other = SavedViewFactory(person=world.stranger)
    browser = as_(world.stranger)
    browser.post(f"{SAVE}{view.pk}/rename/", {"name": "新名"})
    view.refresh_from_db()
    assert view.name == "新名"
    taken = browser.post(f"{SAVE}{view.pk}/rename/", {"name": other.name}, follow=True)
    assert "已有同名的常用视图。" in taken.text
    browser.post(f"{SAVE}{view.pk}/delete/")
    assert list(SavedView.objects.all()) == [other]


def test_nobody_touches_anothers(as_: Any, world: Any, clock: Any) -> None:
    view = SavedViewFactory(person=world.lead)
    browser = as_(world.stranger)
    for what in ("rename", "delete"):
        assert browser.post(f"{SAVE}{view.pk}/{what}/", {"name": "x"}).status_code == 404
    assert view.name not in browser.get("/overdue/").text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " "}, "请填写视图名称。"),
        ({"name": "长" * 31}, "名称最多30字。"),
        ({"query": "search=" + "a" * 1000}, "筛选条件过长"),
        ({"page": "tasks:home"}, "这一页的筛选条件不能保存。"),
    ],
)
def test_what_cannot_be_saved_is_said(
    as_: Any, world: Any, clock: Any, values: Any, sentence: str
) -> None:
    response = as_(world.stranger).post(
        SAVE,
        {"page": "tasks:overdue", "query": "", "name": "甲", **values},
        follow=True,
    )
    assert sentence in response.text
    assert not SavedView.objects.exists()
