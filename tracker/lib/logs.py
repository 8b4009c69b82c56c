"""What the log leaves out."""

import logging
import re


class NotHealth(logging.Filter):
    """Leaves out that the health page answered 503: that is its job, and it says why itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path_info", None) != "/healthz"


class NoLinks(logging.Filter):
    """Blots out what lets somebody set another's password: the token of a link."""

    _LINK = re.compile(r"(/password/link/)[^/\s]+/[^/\s?]+")

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "/password/link/" in message:
            record.msg, record.args = self._LINK.sub(r"\1…/…", message), ()
        return True
