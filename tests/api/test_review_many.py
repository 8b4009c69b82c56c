"""Many reports approved by one call: each for itself, and said of each what became of it."""

import pytest

from tasks.models import ProgressReport, Responsibility
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry

URL = "/api/v1/progress/"
MANY = f"{URL}approve-many/"
FELL = [{"code": "fell", "last": 70, "percent": 40}]


def waiting(cast: Cast, **values: object) -> ProgressReport:
    side: Responsibility = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan), unit=cast.chongqing.unit
    )
    report: ProgressReport = make.ProgressReportFactory(
        **{"responsibility": side, "period": cast.period, "submitted": True, **values}
    )
    return report


def sent(*reports: ProgressReport) -> dict[str, object]:
    return {"reports": [{"id": one.pk, "version": one.version} for one in reports]}


def test_each_is_approved_for_itself(cast: Cast, door: Door) -> None:
    flagged, stale = waiting(cast, flags=FELL), waiting(cast)
    own = waiting(cast, filled_by=cast.coordinator)
    body = sent(cast.submitted, flagged, stale, own, cast.approved)
    ProgressReport.objects.filter(pk=stale.pk).update(version=9)
    body["reports"].append({"id": 2**62, "version": 1})  # type: ignore[attr-defined]  # a list
    answer = door(cast.coordinator).post(MANY, body, format="json")
    assert answer.status_code == 200, answer.data
    assert answer.data["approved"] == 1
    assert [(one["id"], one["outcome"]) for one in answer.data["results"]] == [
        (cast.submitted.pk, "approved"),
        (flagged.pk, "flagged"),
        (stale.pk, "stale"),
        (own.pk, "not_yours"),
        (cast.approved.pk, "judged"),
        (2**62, "unknown"),
    ]
    assert "已审核通过。" in answer.data["results"][0]["detail"]
    cast.submitted.refresh_from_db()
    assert (cast.submitted.state, cast.submitted.reviewed_by) == ("approved", cast.coordinator)
    assert AuditEntry.objects.filter(verb="report.approve").count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reports": []},
        {"reports": [{"id": 1}]},
        {"reports": [{"id": "x", "version": 1}]},
        {"reports": [{"id": 1, "version": 1, "state": "approved"}]},
        {"reports": [{"id": 1, "version": 1}], "all": True},
        {"reports": [{"id": 1, "version": 1}] * 201},
    ],
)
def test_odd_bodies_are_refused_whole(cast: Cast, door: Door, body: dict[str, object]) -> None:
    answer = door(cast.coordinator).post(MANY, body, format="json")
    assert answer.status_code == 400, answer.data


@pytest.mark.parametrize("who", ["lead", "helping", "stranger", "auditor"])
def test_who_reviews_nothing_is_refused(cast: Cast, door: Door, who: str) -> None:
    answer = door(cast.everyone[who]).post(MANY, sent(cast.submitted), format="json")
    assert answer.status_code == 403
    cast.submitted.refresh_from_db()
    assert cast.submitted.state == "submitted"


def test_the_queue_by_api(cast: Cast, door: Door) -> None:
    flagged, late = waiting(cast, flags=FELL), waiting(cast, kind="late")

    def found(**query: str) -> set[int]:
        answer = door(cast.coordinator).get(URL, query)
        assert answer.status_code == 200, answer.data
        return {row["id"] for row in answer.data["results"]}

    assert found(to_review="true") == {cast.submitted.pk, flagged.pk, late.pk}
    assert found(to_review="false") == {cast.approved.pk}
    assert found(flagged="true") == {flagged.pk}
    assert found(flagged="false") == {cast.submitted.pk, late.pk}
    assert found(kind="late") == {late.pk}
    told = door(cast.coordinator).get(f"{URL}{flagged.pk}/").data
    assert [flag["code"] for flag in told["flags"]] == ["fell"]
    assert (told["own_office_review"], told["unanswered"]) == (False, [])
    of_others = door(cast.lead_sichuan).get(URL, {"flagged": "false"})
    assert of_others.data["results"] == []
