"""What the API says of a report besides its text: what was noticed, the office's answer."""

import pytest

from tasks.models import ProgressReport
from tests import factories as make
from tests.api.conftest import Cast, Door

URL = "/api/v1/progress/"


@pytest.fixture
def report(cast: Cast) -> ProgressReport:
    """A draft whose percent fell, and which asks for coordination."""
    side = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan, title="第二项"), unit=cast.chongqing.unit
    )
    earlier = make.PeriodFactory(plan=cast.plan, quarter_text="2026Q2", closed=True)
    make.ProgressReportFactory(
        responsibility=side, period=earlier, approved=True, percent=70, progress="完成勘察。"
    )
    made: ProgressReport = make.ProgressReportFactory(
        responsibility=side,
        period=cast.period,
        filled_by=cast.lead,
        percent=60,
        coordination="请协调用地。",
        coordination_owner="市规划自然资源局",
    )
    return made


def test_warnings_do_not_stop_and_go_along(cast: Cast, door: Door, report: ProgressReport) -> None:
    client, one = door(cast.lead), f"{URL}{report.pk}/"
    sentence = {"code": "fell", "sentence": "完成进度比上次下降：上次70%，本次60%。"}
    assert client.get(f"{one}check/").data == [sentence]
    assert client.get(one).data["flags"] == []
    done = client.patch(one, {"submit": True}, format="json", headers={"If-Match": '"1"'})
    assert (done.status_code, done.data["state"]) == (200, "submitted")
    assert done.data["flags"] == [sentence]
    assert done.data["coordination_owner"] == "市规划自然资源局"
    english = door(cast.coordinator).get(one, headers={"Accept-Language": "en"})
    assert english.data["flags"][0]["sentence"] == "Progress fell: 70% last time, 60% now."
    ProgressReport.objects.filter(pk=report.pk).update(
        state="approved", reviewed_by=cast.coordinator, reviewed_at=make.NOW
    )
    assert "flags" not in door(cast.lead_sichuan).get(one).data


def test_only_who_fills_in_asks_what_would_be_noticed(
    cast: Cast, door: Door, report: ProgressReport
) -> None:
    assert door(cast.coordinator).get(f"{URL}{report.pk}/check/").status_code == 404
    assert door(cast.coordinator).get(f"{URL}{cast.submitted.pk}/check/").status_code == 403


def test_the_office_answers_on_the_version_that_it_read(
    cast: Cast, door: Door, report: ProgressReport
) -> None:
    address = f"{URL}{report.pk}/answer/"
    said = {"answer": "已商自然资源局。"}
    assert door(cast.coordinator).post(address, said, format="json").status_code == 404
    door(cast.lead).patch(
        f"{URL}{report.pk}/", {"submit": True}, format="json", headers={"If-Match": '"1"'}
    )
    for who, headers, code in [
        (cast.lead, {"If-Match": '"2"'}, 403),
        (cast.coordinator, {}, 428),
        (cast.coordinator, {"If-Match": '"1"'}, 412),
        (cast.coordinator, {"If-Match": '"2"'}, 200),
        (cast.coordinator, {"If-Match": '"2"'}, 412),
    ]:
        answer = door(who).post(address, said, format="json", headers=headers)
        assert answer.status_code == code, answer.data
    read = door(cast.lead).get(f"{URL}{report.pk}/").data
    assert read["coordination_answer"] == "已商自然资源局。"
    assert read["answered_by"]
    wrong = door(cast.coordinator).post(
        address, {"answer": " "}, format="json", headers={"If-Match": '"3"'}
    )
    assert wrong.status_code == 400
