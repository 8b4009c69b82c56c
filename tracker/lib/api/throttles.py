"""Throttles that let calls pass while the cache is down: a dead broker breaks nothing."""

import logging
from typing import TYPE_CHECKING

from redis.exceptions import RedisError
from rest_framework import throttling
from rest_framework.request import Request

from tracker.lib.address import client_address

if TYPE_CHECKING:  # rest_framework.views itself imports this module, by settings
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)


class _OpenWhenDown(throttling.SimpleRateThrottle):
    def get_ident(self, request: Request) -> str:
        """Who calls without log-in: the address that the audit log names."""
        return client_address(request) or ""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Say whether the call may pass."""
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError) as error:
            logger.warning("Calls are not counted, the cache is down: %s", error)
            return True


class Anonymous(_OpenWhenDown, throttling.AnonRateThrottle):
    """By address, for calls without log-in."""


class Person(_OpenWhenDown, throttling.UserRateThrottle):
    """By person."""


class Scoped(_OpenWhenDown, throttling.ScopedRateThrottle):
    """By `throttle_scope` of the view."""
