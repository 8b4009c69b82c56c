"""Rings background jobs by name: nothing imports upward, and a dead broker breaks nothing."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(job_name: str, *args: int | str) -> None:
    """Ring the named job with ids once the present transaction has committed.

    The row in the database is the work; this only wakes a worker for it. A ring that is lost is
    made good by the sweep that the job's app keeps in beat's table.
    """
    transaction.on_commit(lambda: _send(job_name, args), robust=True)


def _send(job_name: str, args: tuple[int | str, ...]) -> None:
    try:
        current_app.send_task(job_name, args=args, retry=False, ignore_result=True)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("The broker did not take %s%r: %s", job_name, args, error)
