"""What channels over HTTP share: a guarded call, and what its answer means."""

import json
import ssl
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tasks.reminders.channels.base import Refused, Unreachable
from tracker.lib import outward
from tracker.lib.outward import Answer
from tracker.lib.text import clean_text

LATER = frozenset({408, 425, 429})  # and all from 500 on
LONGEST_WORDS = 100


def body_of(values: Mapping[str, Any]) -> bytes:
    """As JSON in UTF-8."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def call(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """Send it and return the answer of a call that was taken; else Refused or Unreachable."""
    told = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    try:
        answer = outward.post(url, body, told)
    except outward.Barred as error:
        raise Refused(str(error)) from error
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(_("对方的证书未通过验证。"), whole=True) from error
    except TimeoutError as error:
        raise Unreachable(_("对方没有在限定时间内应答。"), whole=True) from error
    except OSError as error:
        reason = _("连接不上对方：%(kind)s。") % {"kind": type(error).__name__}
        raise Unreachable(reason, whole=True) from error
    _look(answer)
    return answer


def _look(answer: Answer) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        text = _("对方要求转到另一个地址（HTTP %(status)d），不予跟随：请填写最终的地址。")
        raise Refused(text % {"status": status})
    if status in LATER or status >= 500:
        text = _("对方暂不能接收（HTTP %(status)d）。")
        raise Unreachable(text % {"status": status}, whole=True)
    raise Refused(_("对方不接收（HTTP %(status)d）。") % {"status": status})


def judge_robot(answer: Answer, *, again: frozenset[int]) -> None:
    """Robots answer 200 to everything: whether it was taken stands in `errcode`."""
    told = answer.json()
    code = told.get("errcode")
    if isinstance(code, bool) or not isinstance(code, int):
        raise Refused(_("对方的应答不是群机器人的应答：请核对地址。"))
    if code == 0:
        return
    words = clean_text(str(told.get("errmsg", "")))[:LONGEST_WORDS]
    reason = _("群机器人没有接收：%(code)d %(words)s") % {"code": code, "words": words}
    if code in again:
        raise Unreachable(reason, whole=True)
    raise Refused(reason)


def cut(text: str, most: int) -> str:
    """The text in at most so many bytes of UTF-8, cut between characters."""
    whole = text.encode()
    if len(whole) <= most:
        return text
    return whole[: most - len("…".encode())].decode(errors="ignore") + "…"
