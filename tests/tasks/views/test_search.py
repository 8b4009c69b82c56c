"""The search's page, the hits beneath the box in the frame, and its API."""

import html
import re

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from tests.factories import (
    JurisdictionFactory,
    MembershipFactory,
    TargetFactory,
    TaskFactory,
    UnitFactory,
    UnitNameFactory,
)
from units.services import tokens
from units.states import NameKind, Role

PAGE = "/search/"
API = "/api/v1/search/"
AT_ONCE = {"HX-Request": "true", "HX-Target": "top-hits"}


def words_in(text: str) -> str:
    """What a reader reads."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
def browser(as_, world, clock):
    UnitNameFactory(unit=world.side.unit, name="市油气办", kind=NameKind.FORMER)
    TargetFactory(plan=world.plan, place_name="油气田", place=JurisdictionFactory())
    return as_(world.lead)


@pytest.fixture
def api(world, clock):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(world.lead)[0]}")
    return client


def test_the_page_lists_hits_by_kind_with_light_and_leads(browser, world):
    response = browser.get(PAGE, {"q": "油气"})
    text = words_in(response.text)
    assert response.status_code == 200
    assert "▲ 滞后 1. 协同开发 油气 资源" in text
    assert "牵头：重庆市能源局、四川省能源局" in text
    assert "曾用名 市 油气 办" in text
    assert text.index("协同开发 油气") < text.index("重庆市能源局 重庆市") < text.index("油气 田")
    assert "协同开发<mark>油气</mark>资源</a>" in response.text
    assert f'href="{world.task.get_absolute_url()}"' in response.text


def test_one_kind_is_listed_as_far_as_it_is_counted(browser, world):
    for n in range(2, 15):
        TaskFactory(plan=world.plan, action=world.task.action, title=f"油气{n}")
    page = browser.get(PAGE, {"q": "油气"})
    assert page.text.count('class="search-hit"') == 10 + 1 + 1
    assert "全部14项" in page.text
    kind = browser.get(PAGE, {"q": "油气", "kind": "task"})
    assert kind.text.count('class="search-hit"') == 14
    for n in range(15, 103):
        TaskFactory(plan=world.plan, action=world.task.action, title=f"油气{n}")
    kind = browser.get(PAGE, {"q": "油气", "kind": "task"})
    assert kind.text.count('class="search-hit"') == 100
    assert "只列前100项" in kind.text
    assert 'href="/tasks/?search=%E6%B2%B9%E6%B0%94"' in kind.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "输入字词后，这里按类别列出找到的内容。"),
        ({"q": "   "}, "输入字词后，这里按类别列出找到的内容。"),
        ({"q": "\x00"}, "输入字词后，这里按类别列出找到的内容。"),
        ({"q": "没有 这样"}, "没有找到同时含有“没有、这样”的内容。请核对字词，或减少几个词。"),
        ({"q": "字" * 101}, "搜索词最多100个字，请缩短。"),
        ({"q": "油气", "kind": "person"}, "没有“person”这类内容，请从列表中选择。"),
    ],
)
def test_what_finds_nothing_gets_a_sentence(browser, query, sentence: str):
    response = browser.get(PAGE, query)
    assert response.status_code == 200
    assert sentence in response.text
    assert "search-hit" not in response.text


def test_text_from_the_address_and_from_rows_stays_text(browser, world):
    TaskFactory(plan=world.plan, title="<b>油</b>&amp;")
    response = browser.get(PAGE, {"q": "<b>油"})
    assert "<mark>&lt;b&gt;油</mark>&lt;/b&gt;&amp;amp;" in response.text
    assert "<b>" not in response.text
    assert 'value="&lt;b&gt;油"' in response.text


def test_the_box_gets_the_first_hits_as_options(browser, world):
    for n in range(2, 15):
        TaskFactory(plan=world.plan, action=world.task.action, title=f"油气{n}")
    response = browser.get(PAGE, {"q": "油气"}, headers=AT_ONCE)
    assert "<html" not in response.text
    assert response.text.count('role="option"') == 4 + 1 + 1 + 1
    assert 'href="/search/?q=%E6%B2%B9%E6%B0%94"' in response.text
    assert "没有找到。" in browser.get(PAGE, {"q": "没有这样"}, headers=AT_ONCE).text
    assert browser.get(PAGE, {"q": " "}, headers=AT_ONCE).text.strip() == ""
    assert "<html" in browser.get(PAGE, {"q": "油气"}).text


def test_each_page_has_the_box(browser):
    for address in ("/", PAGE, "/tasks/"):
        text = browser.get(address).text
        assert 'action="/search/"' in text
        assert "data-search" in text


def test_queries_do_not_grow_with_rows(browser, world, django_assert_max_num_queries):
    browser.get(PAGE, {"q": "油气"})
    with django_assert_max_num_queries(27):
        browser.get(PAGE, {"q": "油气"})
    for n in range(2, 25):
        TaskFactory(plan=world.plan, action=world.task.action, title=f"油气{n}")
        UnitFactory(name=f"油气{n}局")
    with django_assert_max_num_queries(27):
        browser.get(PAGE, {"q": "油气"})
    with django_assert_max_num_queries(20):
        browser.get(PAGE, {"q": "油气"}, headers=AT_ONCE)


def test_site_roles_find_nothing(as_, world, clock):
    person = MembershipFactory(role=Role.AUDIT_ADMIN, unit=None).user
    response = as_(person).get(PAGE, {"q": "油气"})
    assert world.task.title not in words_in(response.text).replace(" ", "")


def test_the_api_answers_as_the_page(api, world):
    UnitFactory(name="油气集团")
    answer = api.get(API, {"q": "油气"})
    assert answer.status_code == 200
    assert answer.json()["words"] == ["油气"]
    task, unit = answer.json()["groups"]
    assert (task["kind"], task["count"], task["more"]) == ("task", 1, False)
    assert task["results"] == [
        {
            "id": world.task.pk,
            "title": "1. 协同开发油气资源",
            "about": "联合行动方案 第1条",
            "text": "",
            "url": world.task.get_absolute_url(),
            "light": "yellow",
            "light_word": "滞后",
            "leads": ["重庆市能源局", "四川省能源局"],
        }
    ]
    assert unit["results"][0]["title"] == "油气集团"
    assert unit["results"][0]["light"] is None
    only = api.get(API, {"q": "油气", "kind": "unit", "limit": "1"}).json()
    assert [group["kind"] for group in only["groups"]] == ["unit"]
    assert api.get(API, {"q": "没有这样"}).json()["groups"] == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "　"}, "q"),
        ({"q": "字" * 101}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"q": "油", "kind": "person"}, "kind"),
        ({"q": "油", "limit": "0"}, "limit"),
        ({"q": "油", "limit": "101"}, "limit"),
        ({"q": "油", "limit": "²"}, "limit"),
        ({"q": "油", "page": "2"}, "page"),
    ],
)
def test_the_api_refuses_what_means_nothing(api, query, name: str):
    answer = api.get(API, query)
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_the_api_reads_only_and_asks_who(api, world):
    assert APIClient().get(API, {"q": "油气"}).status_code == 401
    assert api.post(API, {"q": "油气"}, format="json").status_code == 405
    assert reverse("api:search") == API


def test_the_lists_search_alike(as_, api, world):
    """The list of tasks and its API use the same index: forms and words as in the search."""
    UnitNameFactory(unit=world.other_side.unit, name="川能源局")
    other = TaskFactory(plan=world.plan, title="发展ＣＣＵＳ示范", summary="II类水质。")
    cases = {
        "油气": [1],
        "ccus": [2],
        "Ⅱ类 示范": [2],
        "川能 油气": [1],
        "重庆市能源局": [1],
        "%": [],
    }
    assert other.number == 2
    browser = as_(world.lead)
    for text, numbers in cases.items():
        listed = browser.get("/tasks/", {"search": text}).context["rows"]
        assert [row.task.number for row in listed] == numbers, text
        answered = api.get("/api/v1/tasks/", {"search": text}).json()["results"]
        assert [row["number"] for row in answered] == numbers, text
