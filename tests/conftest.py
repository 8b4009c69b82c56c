"""What all tests share."""

import gc
import os
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from tests import emptying, template
from tracker import translations

TEMPLATE = pytest.StashKey[template.Template]()


def pytest_configure() -> None:
    """Django keeps the first catalogue that it reads, so it is compiled before any test.

    What is imported from here on is no garbage: to look for some after every 700 new objects
    takes a third of the time of the imports.
    """
    gc.set_threshold(100_000, 50, 100)
    translations.compile_catalogue()
    # In the place of `flush`, which needs ten times as long.
    TransactionTestCase._fixture_teardown = lambda self: emptying.empty()  # type: ignore[attr-defined]


def pytest_xdist_auto_num_workers() -> int | None:
    """One more than processors: browsers, servers and workers are often waited for.

    No more than have two databases each among the 16 of Redis, where 0 is the product's.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # xdist reads it
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min((own or 1) + 1, 7)


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Before the workers start: the database that they copy."""
    with suppress(psycopg.OperationalError):  # without servers no test needs it
        config.stash[TEMPLATE] = template.Template(config.stash[blocking_manager_key])


def pytest_configure_node(node: Any) -> None:
    """Tell a worker whether there will be one."""
    node.workerinput["template"] = TEMPLATE in node.config.stash


def pytest_unconfigure(config: pytest.Config) -> None:
    if TEMPLATE in config.stash:
        config.stash[TEMPLATE].end()


def pytest_collection_finish() -> None:
    """What was imported stays: it need not be searched for garbage over and over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A packed file holds the time of its making: workers side by side would name it apart."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """A worker's database is a copy of the one that is migrated for all."""
    if getattr(request.config, "workerinput", {}).get("template") and template.is_there():
        connection.settings_dict["TEST"]["TEMPLATE"] = template.name()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests that commit are cleaned up by TRUNCATE, which the log refuses: drop only that.

    UPDATE and DELETE stay refused; tests/units/test_audit.py puts the trigger back and tries it.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in emptying.APPEND_ONLY:
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    """Throttles count in the cache."""
    cache.clear()


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Each test starts in Chinese: a request leaves its language on behind it."""
    translation.activate(settings.LANGUAGE_CODE)
