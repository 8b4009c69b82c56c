"""What may be asked for from the web, by whom, and what is said of the rest."""

import pytest
from django.test import Client

from reports.models import ReportRun
from tests.factories import (
    JurisdictionFactory,
    MembershipFactory,
    OfficeFactory,
    PeriodFactory,
    PlanFactory,
    PlanSideFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    inspector,
)
from tests.reports.pages.conftest import LIST, Cast, ask

pytestmark = pytest.mark.django_db


def test_a_lead_can_ask_for_nothing_but_its_own_table(client: Client, cast: Cast) -> None:
    client.force_login(cast.lead)
    page = client.get(LIST).text
    assert "重庆市能源局" in page
    assert "四川省能源局" not in page
    assert 'name="book"' not in page
    assert ask(client, cast.lead, lead_unit="").status_code == 422
    response = ask(client, cast.lead, lead_unit=cast.other_unit_id)
    assert response.status_code == 422
    assert "不能生成该单位的报表，请另选。" in response.text
    assert not ReportRun.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quarter": "2019Q1"}, "没有“2019Q1”的填报期，请另选。"),
        ({"quarter": "x"}, "没有“x”的填报期，请另选。"),
        ({"plan": "999999"}, "没有这个方案，请另选。"),
        ({"plan": "x"}, "没有这个方案，请另选。"),
        ({"lead_unit": "999999"}, "不能生成该单位的报表，请另选。"),
        ({"book": "secret"}, "secret"),
        ({"paper": "A0"}, "A0"),
    ],
)
def test_nonsense_gets_a_sentence_and_no_run(
    client: Client, cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    response = ask(client, cast.office, **changes)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'id="error-summary"' in response.text
    assert not ReportRun.objects.exists()


def test_a_summary_for_one_unit_is_refused_with_the_services_sentence(
    client: Client, cast: Cast
) -> None:
    response = ask(client, cast.office, book="quarterly", lead_unit=cast.unit_id)
    assert response.status_code == 422
    assert "不能指定单位" in response.text
    assert not ReportRun.objects.exists()


def options(page: str, name: str) -> str:
    """The choices of a field, as the page shows them."""
    return page.split(f'name="{name}"')[1].split("</select>")[0]


def test_the_form_offers_what_the_person_may_have(client: Client, cast: Cast) -> None:
    """Another plan, of another office: nobody of the joint plan is offered it or its units."""
    other = PlanFactory(code="other", title="别处行动方案", short_title="别处行动方案")
    lead = ResponsibilityFactory(task=TaskFactory(plan=other), unit=UnitFactory(jiangjin=True))
    PeriodFactory(plan=other, quarter_text="2026Q3")
    PeriodFactory(plan=other, quarter_text="2022Q4")
    for user in (cast.office, cast.lead):
        client.force_login(user)
        page = client.get(LIST).text
        assert "联合行动方案" in options(page, "plan")
        assert "别处行动方案" not in options(page, "plan")
        assert lead.unit.name not in options(page, "lead_unit")
        assert "2022Q4" not in options(page, "quarter")
    client.force_login(cast.auditor)
    page = client.get(LIST).text
    assert "别处行动方案" in options(page, "plan")  # 江津区 is below 重庆市
    assert lead.unit.name in options(page, "lead_unit")
    assert "四川省能源局" not in options(page, "lead_unit")


def test_an_inspector_of_nothing_is_offered_nothing(client: Client, cast: Cast) -> None:
    client.force_login(inspector(JurisdictionFactory(code="511700", name="达州市")))
    page = client.get(LIST).text
    assert "您协调或督查的范围内没有牵头任务" in page
    assert 'name="plan"' not in page
    assert "四川省能源局" not in page


def test_who_coordinates_two_plans_is_asked_which(client: Client, cast: Cast) -> None:
    other = PlanFactory(code="other", title="别处行动方案", short_title="别处行动方案")
    ResponsibilityFactory(task=TaskFactory(plan=other), unit=UnitFactory(jiangjin=True))
    PeriodFactory(plan=other, quarter_text="2026Q3")
    side = PlanSideFactory(plan=other, office=OfficeFactory(name="江津区双碳办"))
    MembershipFactory(user=cast.office, coordinator=True, office=side.office)
    client.force_login(cast.office)
    assert "全部方案" not in options(client.get(LIST).text, "plan")
    assert ask(client, cast.office).status_code == 422
    assert ask(client, cast.office, plan=other.pk).status_code == 302


def test_who_holds_no_post_is_told_so(client: Client, cast: Cast) -> None:
    client.force_login(UserFactory())
    assert "您没有在单位、协调办公室或督查岗位任职" in client.get(LIST).text


def test_whose_unit_leads_nothing_is_told_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    assert "本单位没有牵头任务" in client.get(LIST).text
    assert ask(client, cast.stranger, lead_unit=cast.unit_id).status_code == 422


def test_without_periods_the_page_says_what_would_be_here(client: Client) -> None:
    client.force_login(UserFactory(superuser=True))
    text = client.get(LIST).text
    assert "还没有填报期。" in text
    assert "还没有生成过报表。" in text
