"""In the list of notices: it stands there as soon as it is made, so nothing is left to send."""

from tasks.reminders.channels.base import Message, To


class InApp:
    """For who is told nowhere else."""

    def send(self, message: Message, to: To) -> None:
        """Nothing to do."""
