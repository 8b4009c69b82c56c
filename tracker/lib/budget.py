"""Counting in the cache, by the minute. While the cache is down everything passes uncounted."""

import datetime
import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR

logger = logging.getLogger(__name__)


def spend(name: str, *, limit: int, now: datetime.datetime) -> int:
    """Take one of the minute's `limit`; return 0, or after how many seconds there are new ones.

    Counting is one step in Redis, so calls at the same time do not pass it by.
    """
    try:
        number = _add_one(f"{_key(name)}:{_minute(now)}", kept=2 * MINUTE)
    except (RedisError, OSError) as error:
        logger.warning("Nothing is counted, the cache is down: %s", error)
        return 0
    return 0 if number <= limit else MINUTE - int(now.timestamp()) % MINUTE


def gather(name: str, *, now: datetime.datetime) -> int:
    """Count one; return how many came since the last answer, but 0 for all but one a minute."""
    key = _key(name)
    try:
        number = _add_one(f"{key}:waiting", kept=HOUR)
        if not cache.add(f"{key}:told:{_minute(now)}", 1, timeout=2 * MINUTE):
            return 0
        cache.decr(f"{key}:waiting", number)
    except (RedisError, OSError, ValueError) as error:
        logger.warning("Failed log-ins are not gathered: %s", error)
        return 1
    return number


def remember(name: str, *, days: int) -> None:
    """Keep in mind that this has been, for so many days."""
    try:
        cache.set(f"{_key(name)}:been", 1, timeout=days * DAY)
    except (RedisError, OSError) as error:
        logger.warning("What has been is not remembered, the cache is down: %s", error)


def remembers(name: str) -> bool:
    """Whether this has been, in the days for which it is kept."""
    try:
        return cache.get(f"{_key(name)}:been") is not None
    except (RedisError, OSError):
        return False


def rest(name: str, *, until: datetime.datetime) -> None:
    """Note that this is left alone until then."""
    try:
        cache.set(f"{_key(name)}:rest", int(until.timestamp()), timeout=HOUR)
    except (RedisError, OSError) as error:
        logger.warning("A rest is not noted, the cache is down: %s", error)


def rests(name: str, *, now: datetime.datetime) -> bool:
    """Whether this is left alone still."""
    try:
        until = cache.get(f"{_key(name)}:rest")
    except (RedisError, OSError):
        return False
    return isinstance(until, int) and now.timestamp() < until


def _key(name: str) -> str:
    """Names come from outside: any length, any characters."""
    return f"budget:{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"


def _minute(now: datetime.datetime) -> int:
    return int(now.timestamp()) // MINUTE


def _add_one(key: str, *, kept: int) -> int:
    cache.add(key, 0, timeout=kept)
    try:
        return int(cache.incr(key))
    except ValueError:  # gone in between
        return 1
