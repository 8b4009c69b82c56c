"""The cache runs nothing that it reads."""

import os
import pickle
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache


@pytest.mark.parametrize("value", [7, 0, -1, 1.5, True, None, "五", "5", [1.5, 2.5], {"a": [1]}])
def test_what_is_put_in_comes_out(value: Any) -> None:
    cache.set("key", value)
    assert cache.get("key", "nothing") == value
    assert type(cache.get("key", "nothing")) is type(value)


def test_numbers_can_be_counted() -> None:
    cache.set("count", 1)
    assert cache.incr("count") == 2


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_planted_pickle_is_not_run(tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    with redis.Redis.from_url(settings.CACHE_URL) as client:
        client.set(cache.make_key("key"), pickle.dumps(Evil(planted)))
    with pytest.raises((JSONDecodeError, UnicodeDecodeError)):
        cache.get("key")
    assert not planted.exists()
