"""The same with a fault: a mail is marked before it is sent. The test of the test: `celery -A`."""

from typing import Any

from tests.faults.reminders.quick import app

__all__ = ["app"]


@app.on_after_finalize.connect
def mark_first(**kwargs: Any) -> None:
    """What others do, and lose mails by it."""
    from tasks.reminders import delivery
    from tasks.reminders.channels.mail import Mail

    def broken(digest: Any, now: Any) -> str:
        message = delivery._message(digest, now.date())
        if message is None:
            return "nothing_left"
        delivery._mark(digest, now)
        Mail().send(message, delivery._to(digest))
        return "sent"

    delivery._deliver = broken
