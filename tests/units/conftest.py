"""The cast of the API's tests stands for the people of these, too."""

import pytest
from django.test import Client

from tests import factories as make
from tests.api.conftest import cast, casts, door
from units.models import User
from units.states import Role

__all__ = ["cast", "casts", "door", "enter"]


@pytest.fixture
def keeper(db: None) -> User:
    return make.site_person(Role.SECURITY_ADMIN)


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
