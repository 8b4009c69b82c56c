"""The cast of the API's tests stands for the people of these, too."""

from tests.api.conftest import cast, casts

__all__ = ["cast", "casts"]
