"""What a start says of accounts: only what is there."""

import os
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.factories import UserFactory
from tracker.embedded.ready import there


@pytest.mark.django_db(transaction=True)
def test_only_accounts_of_the_demo_that_are_there_are_named() -> None:
    """A demo of an older version, or one whose accounts somebody closed."""
    UserFactory(username="lead")
    UserFactory(username="auditor", is_active=False)
    UserFactory(username="zhang")
    parts = urlsplit(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    assert [account.username for account in there({"DATABASE_URL": url})] == ["lead"]
