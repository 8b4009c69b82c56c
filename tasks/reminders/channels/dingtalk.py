"""钉钉 group robots, with 加签: milliseconds and a signature of them stand in the address."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from tasks.reminders.channels.base import Message, To
from tasks.reminders.channels.calling import body_of, call, cut, judge_robot
from tracker.lib import workdays

MOST_BYTES = 18_000  # 20,000 with what is around it
# System busy; sent too fast, by either of its numbers.
AGAIN = frozenset({-1, 130101, 410100})


class DingTalk:
    """A text message to the robot's group."""

    def send(self, message: Message, to: To) -> None:
        """Return once the robot has said errcode 0."""
        text = {"content": cut(message.text, MOST_BYTES)}
        milliseconds = int(workdays.now().timestamp() * 1000)
        address = signed(to.address, to.secret, milliseconds)
        answer = call(address, body_of({"msgtype": "text", "text": text}))
        judge_robot(answer, again=AGAIN)


def signed(url: str, secret: str, milliseconds: int) -> str:
    """The address with timestamp and sign; as it is where the robot has no secret."""
    if not secret:
        return url
    told = f"{milliseconds}\n{secret}".encode()
    sign = base64.b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()).decode()
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}{urlencode({'timestamp': milliseconds, 'sign': sign})}"
