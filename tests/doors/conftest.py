"""No door calls anybody outside: a robot that is tried out has answered as robots do."""

import pytest

from tracker.lib import outward
from tracker.lib.outward import Answer


@pytest.fixture(autouse=True)
def _robots_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "check_resolved", outward.check)
    monkeypatch.setattr(outward, "post", lambda *args: Answer(200, b'{"errcode": 0}'))
