"""How each side of each task fares in the demo: some of everything, the same at every making."""

import datetime
import enum
import random
from dataclasses import dataclass

from tasks.models import Responsibility
from tasks.states import TaskState
from tracker.lib.workdays import add_workdays, quarter_of


class Course(enum.Enum):
    """How a side fares."""

    ON_TIME = "normal"
    BEHIND = "behind"
    SOON = "soon"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    CLOSED = "closed"
    COMPLETED = "completed"
    STANDING = "standing"
    SUSPENDED = "suspended"
    CARRIED = "carried"
    UNSTARTED = "unstarted"


class Last(enum.Enum):
    """What has become of the report of the quarter that is still open."""

    APPROVED = "approved"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DRAFT = "draft"
    NO_NEWS = "no_news"
    MISSING = "missing"


ENDS: dict[Course, TaskState] = {
    Course.CLOSED: TaskState.CLOSED,
    Course.STANDING: TaskState.STANDING,
    Course.SUSPENDED: TaskState.SUSPENDED,
    Course.CARRIED: TaskState.CARRIED,
}
# What the demo accounts meet first stands by hand: plan, task, code of the side.
CAST: dict[tuple[str, int, str], tuple[Course, Last]] = {
    ("joint-2022", 1, "500000"): (Course.ON_TIME, Last.DRAFT),
    ("joint-2022", 2, "500000"): (Course.BEHIND, Last.RETURNED),
    ("joint-2022", 3, "500000"): (Course.OVERDUE, Last.MISSING),
    ("joint-2022", 4, "500000"): (Course.CLOSED, Last.APPROVED),
    ("joint-2022", 1, "510000"): (Course.EXPIRED, Last.SUBMITTED),
    ("joint-2022", 2, "510000"): (Course.ON_TIME, Last.APPROVED),
    ("joint-2022", 3, "510000"): (Course.COMPLETED, Last.APPROVED),
    ("joint-2022", 4, "510000"): (Course.SOON, Last.MISSING),
    ("joint-2022", 5, "500000"): (Course.CARRIED, Last.APPROVED),
    ("joint-2022", 12, "510000"): (Course.SUSPENDED, Last.APPROVED),
    ("joint-2022", 22, "510000"): (Course.UNSTARTED, Last.MISSING),
    ("joint-2022", 24, "500000"): (Course.STANDING, Last.APPROVED),
    ("joint-2022", 26, "500000"): (Course.CLOSED, Last.APPROVED),
    ("joint-2022", 26, "510000"): (Course.CLOSED, Last.APPROVED),
    ("jiangjin-2022", 1, "500116"): (Course.CLOSED, Last.APPROVED),
    ("jiangjin-2022", 2, "500116"): (Course.BEHIND, Last.MISSING),
    ("jiangjin-2022", 3, "500116"): (Course.ON_TIME, Last.DRAFT),
    ("jiangjin-2022", 4, "500116"): (Course.EXPIRED, Last.SUBMITTED),
    ("jiangjin-2022", 17, "500116"): (Course.OVERDUE, Last.RETURNED),
    ("jiangjin-2022", 18, "500116"): (Course.COMPLETED, Last.APPROVED),
    ("jiangjin-2022", 21, "500116"): (Course.ON_TIME, Last.NO_NEWS),
}
# The others take their turn; numbers without a common factor mix the two.
COURSES = (
    *(Course.ON_TIME,) * 4,
    *(Course.BEHIND,) * 2,
    *(Course.EXPIRED,) * 3,
    *(Course.OVERDUE,) * 2,
    Course.SOON,
    Course.COMPLETED,
    *(Course.CLOSED,) * 3,
    Course.EXPIRED,
)
LASTS = (
    *(Last.APPROVED,) * 4,
    *(Last.SUBMITTED,) * 2,
    *(Last.MISSING,) * 2,
    Last.RETURNED,
    Last.NO_NEWS,
    Last.DRAFT,
)


def chance_of(side: Responsibility, of: str = "") -> random.Random:
    """Return the chance of a side, or of one thing of it: seeded by what it is, so the same."""
    place = side.side.code if side.side else ""
    # Made-up progress, nothing secret.
    return random.Random(f"{side.task.plan.code}/{side.task.number}/{place}{of}")  # noqa: S311


@dataclass(frozen=True)
class Story:
    """One side's course over `quarters`, the last of which is still open."""

    course: Course
    last: Last
    quarters: int
    final: int

    @property
    def length(self) -> int:
        """In how many quarters there was something to report."""
        if self.course is Course.UNSTARTED:
            return 0
        if self.course in ENDS:
            return max(1, self.quarters - 2 - self.final % 5)
        return self.quarters

    def percent(self, quarter: int, chance: random.Random) -> int:
        """Return how far the side was at the end of its quarter-th quarter, counted from 0."""
        steps = max(1, self.length - (2 if self.course is Course.COMPLETED else 0))
        if quarter + 1 >= steps:
            return self.final
        even = self.final * (quarter + 1) / (steps + 1)
        return max(3, min(self.final - 2, round(even) + chance.randint(-1, 2)))

    @property
    def state(self) -> TaskState:
        """Return where the side stands now."""
        if self.course in ENDS:
            return ENDS[self.course]
        if self.course is Course.COMPLETED:
            return TaskState.COMPLETED
        return TaskState.IN_PROGRESS if self.length else TaskState.NOT_STARTED

    def due_on(self, today: datetime.date) -> datetime.date | None:
        """Return the date granted to the side; None where it has the plan's."""
        quarter = quarter_of(today)
        match self.course:
            case Course.ON_TIME | Course.UNSTARTED:
                return quarter.next.next.last_day
            case Course.BEHIND:
                return quarter.next.last_day
            case Course.SOON:
                return add_workdays(today, 4)
            case Course.OVERDUE:
                return quarter.previous.previous.last_day
        return None


FINAL: dict[Course, tuple[int, int]] = {
    Course.ON_TIME: (90, 96),
    Course.BEHIND: (48, 68),
    Course.SOON: (94, 98),
    Course.OVERDUE: (70, 92),
    Course.EXPIRED: (62, 90),
    Course.CLOSED: (100, 100),
    Course.COMPLETED: (100, 100),
    Course.STANDING: (80, 88),
    Course.SUSPENDED: (25, 40),
    Course.CARRIED: (55, 70),
    Course.UNSTARTED: (0, 0),
}


def story_of(side: Responsibility, turn: int, quarters: int) -> Story:
    """Return the story of a side; `turn` counts the sides of all plans."""
    place = side.side.code if side.side else ""
    by_hand = CAST.get((side.task.plan.code, side.task.number, place))
    course, last = by_hand or (COURSES[turn % len(COURSES)], LASTS[turn * 3 % len(LASTS)])
    if by_hand is None and course is Course.COMPLETED:
        last = Last.APPROVED
    low, high = FINAL[course]
    return Story(course, last, quarters, chance_of(side).randint(low, high))
