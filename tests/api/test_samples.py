"""/api/v1/samples/: drawn, checked and drawn again by inspectors, as on the pages."""

import pytest

from tasks.models import Finding, Sample, SampleRow
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry

URL = "/api/v1/samples/"
BODY = {"jurisdiction": "500000", "size": 3, "note": "三季度抽查"}


@pytest.fixture
def closed(cast: Cast) -> list[int]:
    """Five sides of 重庆市 that are closed off."""
    return [
        make.ResponsibilityFactory(
            task=make.TaskFactory(plan=cast.plan), unit=cast.chongqing.unit, closed=True
        ).pk
        for _ in range(5)
    ]


def test_draw_check_and_draw_again(cast: Cast, door: Door, closed: list[int]) -> None:
    client = door(cast.auditor)
    made = client.post(URL, BODY, format="json")
    assert made.status_code == 201, made.data
    assert (made.data["base"], made.data["drawn"], made.data["checked"]) == (5, 3, 0)
    drawn = [row["responsibility"] for row in made.data["rows"]]
    assert set(drawn) <= set(closed)
    one = f"{URL}{made.data['id']}/"
    assert client.get(f"{one}again/").data == {"is_same": True, "responsibilities": drawn}
    row = made.data["rows"][0]
    checked = client.post(f"{one}rows/{row['id']}/check/", {"result": "属实。"}, format="json")
    assert (checked.status_code, checked.data["result"]) == (200, "属实。")
    assert client.get(one).data["checked"] == 1
    assert client.get(URL, {"plan": "joint-2022"}).data["results"] == []
    SampleRow.objects.filter(pk=row["id"]).update(order=99)
    assert client.get(f"{one}again/").data["is_same"] is False
    verbs = AuditEntry.objects.filter(verb__startswith="sample.").order_by("pk")
    assert list(verbs.values_list("verb", "source")) == [
        ("sample.draw", "api"),
        ("sample.check", "api"),
    ]


def test_others_neither_draw_nor_read(cast: Cast, door: Door, closed: list[int]) -> None:
    made = door(cast.auditor).post(URL, BODY, format="json").data
    other = make.inspector(make.JurisdictionFactory(sichuan=True))
    for person in (cast.lead, cast.coordinator, other):
        client = door(person)
        assert client.post(URL, BODY, format="json").status_code == 403
        assert client.get(URL).data["count"] == 0
        for path in ("", "again/"):
            assert client.get(f"{URL}{made['id']}/{path}").status_code == 404
        row = f"{URL}{made['id']}/rows/{made['rows'][0]['id']}/check/"
        assert client.post(row, {"result": "x"}, format="json").status_code == 404
    assert Sample.objects.count() == 1


def test_a_row_is_of_its_sample(cast: Cast, door: Door, closed: list[int]) -> None:
    client = door(cast.auditor)
    first, second = (client.post(URL, BODY, format="json").data for _ in range(2))
    wrong = f"{URL}{first['id']}/rows/{second['rows'][0]['id']}/check/"
    assert client.post(wrong, {"result": "x"}, format="json").status_code == 404


def test_what_is_wrong_is_named(cast: Cast, door: Door) -> None:
    client = door(cast.auditor)
    for body, name in [
        ({**BODY, "size": 0}, "size"),
        ({**BODY, "jurisdiction": "x"}, "jurisdiction"),
        (BODY, "jurisdiction"),  # nothing is closed off there
        ({**BODY, "seed": "0"}, "seed"),
    ]:
        answer = client.post(URL, body, format="json")
        assert (answer.status_code, list(answer.data)) == (400, [name])


def test_a_finding_names_the_row_that_it_comes_from(
    cast: Cast, door: Door, closed: list[int]
) -> None:
    client = door(cast.auditor)
    row = client.post(URL, BODY, format="json").data["rows"][0]
    body = {"problem": "与现场不符。", "demand": "补齐。", "due_on": "2026-12-04"}
    body |= {"responsibility": row["responsibility"], "sample_row": row["id"]}
    elsewhere = {**body, "responsibility": cast.chongqing.pk}
    assert client.post("/api/v1/findings/", elsewhere, format="json").status_code == 400
    done = client.post("/api/v1/findings/", body, format="json")
    assert done.status_code == 201, done.data
    assert SampleRow.objects.get(pk=row["id"]).finding == Finding.objects.get()
