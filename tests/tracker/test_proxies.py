"""`check --deploy` tells of a proxy that is not counted."""

from typing import Any

import pytest
from django.core.checks import run_checks

HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize(
    ("header", "number", "told"),
    [(HEADER, 0, True), (HEADER, 1, False), (None, 0, False), (None, 1, False)],
)
def test_an_uncounted_proxy_is_told(settings: Any, header: Any, number: int, told: bool) -> None:
    settings.SECURE_PROXY_SSL_HEADER = header
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": number}
    found = {message.id for message in run_checks(include_deployment_checks=True)}
    assert ("tracker.E007" in found) == told
    assert "tracker.E007" not in {message.id for message in run_checks()}
