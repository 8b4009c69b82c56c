"""What all tests share."""

from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each worker has a database of its own."""


@pytest.fixture(scope="session", autouse=False)
def _nothing() -> Iterator[None]:
    yield
