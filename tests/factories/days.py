"""The day of the tests."""

import datetime

from tracker.lib.workdays import SHANGHAI

TODAY = datetime.date(2026, 11, 20)
NOW = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
PASSWORD = "correct-horse-2026"
