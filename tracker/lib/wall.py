"""Sessions of a wall screen: from the moment they become one they open the board alone."""

from typing import Any, Final

KEY: Final = "wall"


def begin(session: Any) -> None:
    """Make the session a wall's; only logging out ends it. The key changes, as at a log-in."""
    session[KEY] = True
    session.cycle_key()


def is_on(session: Any) -> bool:
    """Whether the session is a wall's."""
    return KEY in session
