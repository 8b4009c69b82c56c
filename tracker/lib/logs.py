"""What the log leaves out."""

import logging


class NotHealth(logging.Filter):
    """Leaves out that the health page answered 503: that is its job, and it says why itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path_info", None) != "/healthz"
