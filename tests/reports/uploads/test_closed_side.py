"""A quarter that the unit's own office has closed and the other side's has not."""

import pytest

from reports.models import Upload
from tasks.models import Period, PlanSide, ProgressReport
from tasks.services import closing
from tasks.services.closing import Unsettled
from tests.factories import NOW, ResponsibilityFactory, UnitFactory, coordinator, officer
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import apply, browser, file_of, page, read_all, send, sent
from units.models import User

pytestmark = pytest.mark.django_db

FORM = "/reports/forms/2026Q3/{}/"
CHOICE = "2026年第3季度（补报）"


def close(side: PlanSide) -> Period:
    """The side's office closes the quarter, with what is wanting."""
    period, by = Period.objects.get(), coordinator(side.office)
    try:
        return closing.close_side(period, side, by=by, now=NOW)
    except Unsettled as asked:
        counts = asked.counts
    return closing.close_side(period, side, by=by, now=NOW, confirmed=counts, note="已催办。")


@pytest.fixture
def closed(world: World) -> World:
    """Closed for the unit's side."""
    assert close(world.plan.sides.order_by("order")[0]).closed_on is None
    return world


def offered(user: User) -> tuple[list[str], list[str]]:
    """The units of open forms, and the quarters that can be chosen for 补报, on the page."""
    shown = browser(user).get("/reports/forms/").context
    units = [unit.name for offer in shown["offers"] for unit in (*offer.own, *offer.others)]
    asked = shown["form"].fields.get("quarter")
    return units, [value for value, _label in asked.choices if value] if asked else []


def test_the_page_offers_it_as_late_alone(closed: World, office: User) -> None:
    closed.part.delete()
    assert offered(closed.by) == ([], ["2026Q3"])
    assert offered(office) == ([], ["2026Q3"])
    text = browser(closed.by).get("/reports/forms/").content.decode()
    assert CHOICE in text
    assert FORM.format(closed.unit.pk) in text


def test_the_other_side_goes_on_as_usual(closed: World) -> None:
    place = closed.plan.sides.order_by("order")[1]
    unit = UnitFactory(name="四川省能源局", jurisdiction=place.jurisdiction)
    ResponsibilityFactory(task=closed.leads[0].task, unit=unit, side=place.jurisdiction)
    for person in (officer(unit), coordinator(place.office)):
        assert offered(person) == (["四川省能源局"], [])


def test_its_form_is_refused_until_the_quarter_is_chosen(closed: World) -> None:
    closed.part.delete()
    client, path = browser(closed.by), closed.filled({"G5": 80, "I5": "补报。"})
    refused = sent(client, path)
    assert (refused.state, refused.unit) == ("refused", None)
    assert "已关闭" in refused.error
    send(client, file_of(path), quarter="2026Q3")
    read_all()
    upload = Upload.objects.latest("pk")
    assert (upload.state, upload.error) == ("ready", "")
    assert page(client, upload).count('<span class="tag">补报</span>') == 2  # the form, its row
    assert apply(client, upload).status_code == 302
    assert ProgressReport.objects.get().kind == "late"


def test_a_quarter_closed_between_preview_and_tick_is_not_written(world: World) -> None:
    world.part.delete()
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": 80, "I5": "按时。"}))
    assert "补报" not in page(client, upload)
    seen = client.get(f"/reports/uploads/{upload.pk}/").context["form"]["seen"].value()
    close(world.plan.sides.order_by("order")[0])
    answer = client.post(f"/reports/uploads/{upload.pk}/apply/", {"seen": seen, "hand_in": "on"})
    assert answer.status_code in {409, 422}
    assert "已关闭" in answer.content.decode()
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize("typed", [{"配合任务!F5": "配合了。"}, {"G5": 80, "I5": "没选季度。"}])
def test_where_a_unit_helps_is_open_and_what_it_leads_is_not(
    typed: dict[str, object], closed: World
) -> None:
    assert offered(closed.by) == ([closed.unit.name], ["2026Q3"])
    client = browser(closed.by)
    upload = sent(client, closed.filled(typed))
    assert upload.state == "ready"
    text = page(client, upload)
    if "G5" in typed:
        assert "填报期已关闭：要补报的，请在上传时先选定该季度。" in text
        assert apply(client, upload).status_code == 422
        assert not ProgressReport.objects.exists()
    else:
        assert apply(client, upload).status_code == 302
