"""The cast of the API's tests stands for the people of these, too."""

from tests.api.conftest import cast, door
from tests.api.test_every_url import address

__all__ = ["address", "cast", "door"]
