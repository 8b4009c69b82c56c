"""How somebody comes in: at the page, or at the API with a token."""

from django.test import Client
from rest_framework.test import APIClient

from units.models import User
from units.services import tokens


def browser(user: User) -> Client:
    """The person, logged in at the page."""
    client = Client()
    client.force_login(user)
    return client


def api(user: User) -> APIClient:
    """The person's program."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(user)[0]}")
    return client
