"""A site of these tests' own: one for all that kill and starve it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.faults.reminders.site import Site
from tracker.embedded.servers import locked


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """Not below pytest's own folder: as root the servers' account could not reach it."""
    with TemporaryDirectory(prefix="tanzetong-faults-") as name:
        Path(name).chmod(0o711)
        folder = Path(name).resolve() / "data"
        with locked(folder):
            found = Site(folder)
            try:
                with django_db_blocker.unblock():
                    found.start()
                yield found
            finally:
                found.stop()
