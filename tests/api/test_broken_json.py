"""What is no JSON object is refused with a sentence."""

import pytest

from tests.api.conftest import Cast, Door

URL = "/api/v1/progress/"


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("[]", "application/json", 400),
        ('"text"', "application/json", 400),
        ('{"percent": NaN}', "application/json", 400),
        ('{"percent": 1e999}', "application/json", 400),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "application/json", 400),
        ("percent=1", "application/x-www-form-urlencoded", 415),
    ],
)
def test_bodies_that_are_no_object(
    cast: Cast, door: Door, content: str, kind: str, code: int
) -> None:
    answer = door(cast.lead).post(URL, content, content_type=kind)
    assert answer.status_code == code, answer.data
    assert answer.data


def test_broken_json_is_said_in_words(cast: Cast, door: Door) -> None:
    answer = door(cast.lead).post(URL, "{", content_type="application/json")
    assert answer.data["detail"] == "JSON 格式错误。"
