"""What a browser of the tests gets: the class of Django's test client has no public name."""

from typing import Any, Protocol


class Answer(Protocol):
    """An answer, as far as tests read it."""

    @property
    def status_code(self) -> int: ...

    @property
    def text(self) -> str: ...

    @property
    def context(self) -> Any: ...

    @property
    def redirect_chain(self) -> list[tuple[str, int]]:
        """Where it was sent on from; only with `follow=True`."""
