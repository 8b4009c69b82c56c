"""企业微信 group robots: the key stands in the address, nothing is signed."""

from tasks.reminders.channels.base import Message, To
from tasks.reminders.channels.calling import body_of, call, cut, judge_robot

MOST_BYTES = 2048  # of a text message
# System busy; too many calls; too many at once.
AGAIN = frozenset({-1, 45009, 45033})


class WeCom:
    """A text message to the robot's group."""

    def send(self, message: Message, to: To) -> None:
        """Return once the robot has said errcode 0."""
        text = {"content": cut(message.text, MOST_BYTES)}
        answer = call(to.address, body_of({"msgtype": "text", "text": text}))
        judge_robot(answer, again=AGAIN)
