"""Review by API: the side's office approves or returns; nobody else, nobody the own filing."""

import pytest

from tests.api.conftest import Cast, Door

URL = "/api/v1/progress/"


def test_the_office_approves(cast: Cast, door: Door) -> None:
    one = f"{URL}{cast.submitted.pk}/approve/"
    answer = door(cast.coordinator).post(one, {}, format="json", headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.data
    assert (answer.data["state"], answer.data["reviewed_by"]) == (
        "approved",
        str(cast.coordinator),
    )
    new = {"If-Match": answer.headers["ETag"]}
    again = door(cast.coordinator).post(one, {}, format="json", headers=new)
    assert again.status_code == 409


def test_the_office_returns_with_a_reason(cast: Cast, door: Door) -> None:
    one = f"{URL}{cast.submitted.pk}/return/"
    client, read = door(cast.coordinator), {"If-Match": '"1"'}
    for nothing in ({}, {"reason": " \x07 "}):
        answer = client.post(one, nothing, format="json", headers=read)
        assert list(answer.data) == ["reason"]
    answer = client.post(one, {"reason": "请补充。"}, format="json", headers=read)
    assert answer.status_code == 200, answer.data
    assert answer.data["return_reason"] == "请补充。"
    cast.submitted.refresh_from_db()
    assert (cast.submitted.state, cast.submitted.return_reason) == ("returned", "请补充。")


@pytest.mark.parametrize("verb", ["approve", "return"])
@pytest.mark.parametrize(
    ("headers", "code"),
    [({}, 428), ({"If-Match": '"9"'}, 412), ({"If-Match": "*"}, 412), ({"If-Match": ""}, 428)],
)
def test_a_review_names_the_version_that_was_read(
    cast: Cast, door: Door, verb: str, headers: dict[str, str], code: int
) -> None:
    values = {"reason": "不行"} if verb == "return" else {}
    one = f"{URL}{cast.submitted.pk}/{verb}/"
    answer = door(cast.coordinator).post(one, values, format="json", headers=headers)
    assert answer.status_code == code, answer.data
    assert answer.data["detail"]
    cast.submitted.refresh_from_db()
    assert (cast.submitted.state, cast.submitted.version) == ("submitted", 1)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("lead", 403),
        ("auditor", 403),
        ("lead_sichuan", 404),
        ("helping", 404),
        ("coordinator_sichuan", 404),
        ("stranger", 404),
    ],
)
@pytest.mark.parametrize("verb", ["approve", "return"])
def test_nobody_else_reviews(cast: Cast, door: Door, who: str, code: int, verb: str) -> None:
    values = {"reason": "不行"} if verb == "return" else {}
    answer = door(cast.everyone[who]).post(
        f"{URL}{cast.submitted.pk}/{verb}/", values, format="json"
    )
    assert answer.status_code == code
    cast.submitted.refresh_from_db()
    assert cast.submitted.state == "submitted"


def test_nobody_reviews_their_own_filing(cast: Cast, door: Door) -> None:
    cast.submitted.filled_by = cast.coordinator
    cast.submitted.save(update_fields=["filled_by"])
    answer = door(cast.coordinator).post(f"{URL}{cast.submitted.pk}/approve/", {}, format="json")
    assert answer.status_code == 403


def test_reports_are_not_deleted(cast: Cast, door: Door) -> None:
    assert door(cast.admin).delete(f"{URL}{cast.submitted.pk}/").status_code == 405
