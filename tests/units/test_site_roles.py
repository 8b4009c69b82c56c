"""三权分立: three desks, no business, one log."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests import factories as make
from tests.api.conftest import Cast, Door
from tests.units.conftest import enter
from units.services import audit
from units.states import SITE_ROLES, Role
from units.verbs import ADMINISTRATION

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", SITE_ROLES)
def test_the_workbench_of_an_administrator_is_the_desk(role: Role, db: None) -> None:
    """All other doors stand in tests/doors/doors.txt."""
    assert enter(make.site_person(role)).get("/").headers["Location"] == "/desk/"


@pytest.mark.parametrize("role", SITE_ROLES)
def test_business_doors_of_the_api_say_why_they_are_shut(
    role: Role,
    cast: Cast,
    door: Door,
) -> None:
    client = door(make.site_person(role))
    for path in ("tasks", "plans", "progress", "units", "targets", "overdue", "contacts"):
        answer = client.get(f"/api/v1/{path}/")
        assert answer.status_code == 403, path
        assert "业务数据" in answer.json()["detail"]


def test_the_navigation_of_an_administrator_is_the_desk(cast: Cast) -> None:
    for role in SITE_ROLES:
        page = enter(make.site_person(role)).get("/desk/")
        hrefs = set(
            re.findall(r'href="(/(?:tasks|overdue|targets|reports|plans|units)/)', page.text)
        )
        assert hrefs == set()


@pytest.mark.parametrize("role", SITE_ROLES)
def test_every_link_of_ones_own_page_leads_somewhere(role: Role, db: None) -> None:
    one = make.site_person(role)
    browser = enter(one)
    for address in (f"/people/{one.pk}/", f"/people/{one.pk}/edit/"):
        page = browser.get(address)
        for href in set(re.findall(r'<a [^>]*href="(/[^"#]*)"', page.text)):
            assert browser.get(href).status_code in (200, 302), (address, href)


def test_only_the_audit_administrator_reads_the_log(cast: Cast) -> None:
    audit.record("user.login", cast.lead, by=cast.lead)
    for user in [*cast.everyone.values(), make.site_person(Role.SECURITY_ADMIN)]:
        assert enter(user).get("/audit/").status_code == 404
    assert "登录" in enter(make.site_person(Role.AUDIT_ADMIN)).get("/audit/").text


def test_the_log_holds_no_business(cast: Cast) -> None:
    audit.record("report.submit", cast.submitted, by=cast.lead, after={"progress": "机密进展"})
    audit.record(
        "user.change",
        cast.lead,
        by=cast.lead,
        before={"phone": "023-1"},
        after={"phone": "023-2"},
    )
    browser = enter(make.site_person(Role.AUDIT_ADMIN))
    page = browser.get("/audit/")
    assert "机密进展" not in page.text
    assert "办公电话" in page.text
    assert "023-1" in page.text
    assert "023-2" in page.text


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 3),
        ("verb=user.login", 2),
        ("who=甲", 1),
        ("what=乙", 2),
        ("since=2999-01-01", 0),
        ("until=2000-01-01", 0),
        ("since=2000-01-01&until=2099-01-01", 3),
    ],
)
def test_the_log_is_narrowed(db: None, query: str, number: int) -> None:
    first, second = make.UserFactory(name="甲"), make.UserFactory(name="乙")
    reader = make.site_person(Role.AUDIT_ADMIN)
    audit.record("user.login", first, by=first)
    audit.record("user.login", second, by=second)
    audit.record("user.logout", second, by=second)
    page = enter(reader).get(f"/audit/?{query}")
    assert page.status_code == 200
    assert len(page.context["rows"]) == number


def test_a_wrong_filter_is_a_sentence(db: None) -> None:
    browser = enter(make.site_person(Role.AUDIT_ADMIN))
    page = browser.get("/audit/?since=tomorrow")
    assert "error-summary" in page.text
    assert "没有名为“x”的筛选条件" in browser.get("/audit/?x=1").text


def test_long_logs_are_paged_without_a_count(db: None, django_assert_max_num_queries) -> None:
    reader = make.site_person(Role.AUDIT_ADMIN)
    for _ in range(60):
        audit.record("user.login", reader, by=reader)
    browser = enter(reader)
    with django_assert_max_num_queries(20) as seen:
        page = browser.get("/audit/")
    assert not [q for q in seen.captured_queries if "COUNT" in q["sql"] and "audit" in q["sql"]]
    assert len(page.context["rows"]) == 50
    older = browser.get(f"/audit/?before={page.context['next']}")
    assert len(older.context["rows"]) == 10
    assert older.context["next"] is None


def test_every_verb_of_administration_is_in_the_table() -> None:
    """What the units app records is administration, unless of a unit or of own lists."""
    base = Path(settings.BASE_DIR)
    sources = [*base.glob("units/**/*.py"), *base.glob("tracker/**/*.py")]
    verbs = {
        verb
        for path in sources
        for verb in re.findall(r'audit\.record\(\s*"([\w.]+)"', path.read_text(encoding="utf-8"))
    }
    others = {verb for verb in verbs if verb.split(".")[0] in {"unit", "units", "load", "columns"}}
    assert verbs - others <= set(ADMINISTRATION), "add it to units/verbs.py"


def test_the_system_administrators_desk_tells_how_the_site_is(db: None) -> None:
    page = enter(make.site_person(Role.SYSTEM_ADMIN)).get(reverse("units:desk"))
    assert "数据库" in page.text
    assert "报表生成" in page.text
