"""Whichever service finds that somebody saved meanwhile, the API answers the same."""

import pytest
from rest_framework.test import APIRequestFactory

from tracker.lib.api.errors import PreconditionFailed, PreconditionRequired, handle
from tracker.lib.api.if_match import etag, matched, matched_version
from tracker.lib.stale import Stale


def test_stale_is_412_with_the_services_own_sentence(db: None) -> None:
    answer = handle(Stale("对方已改。"), {})
    assert answer is not None
    assert (answer.status_code, answer.data) == (412, {"detail": "对方已改。"})


@pytest.mark.parametrize("text", ['"7"', 'W/"7"', " 7 "])
def test_a_state_is_read_as_it_was_told(text: str) -> None:
    request = APIRequestFactory().patch("/", headers={"If-Match": text})
    assert (matched(request), matched_version(request)) == ("7", 7)
    assert etag(7) == {"ETag": '"7"'}


@pytest.mark.parametrize(
    ("text", "error"),
    [("", PreconditionRequired), ("*", PreconditionFailed), ("9" * 5000, PreconditionFailed)],
)
def test_no_state_and_no_version(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        matched_version(APIRequestFactory().patch("/", headers={"If-Match": text}))
