"""Lights and the words that they say."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Light(models.TextChoices):
    RED = "red", _("红")
    YELLOW = "yellow", _("黄")
    GREEN = "green", _("绿")
    GREY = "grey", _("灰")
    BLUE = "blue", _("蓝")

    @property
    def shape(self) -> str:
        return {"red": "■", "yellow": "▲", "green": "●", "grey": "○", "blue": "◆"}[self.value]

    @property
    def colour(self) -> str:
        """Of bars and of words on white, in sheets and mails; pages have theirs in tokens.css."""
        return COLOURS[self][0]

    @property
    def ink(self) -> str:
        """Of words, dark enough for the tint, too."""
        return COLOURS[self][1]

    @property
    def tint(self) -> str:
        """Of the ground."""
        return COLOURS[self][2]


# The same as tokens.css has; tests/tasks/test_colours.py compares them.
COLOURS: Mapping[Light, tuple[str, str, str]] = {
    Light.RED: ("#C62828", "#C62828", "#FDECEC"),
    Light.YELLOW: ("#B26A00", "#8F5500", "#FFF4E0"),
    Light.GREEN: ("#2E7D32", "#27682B", "#E9F4EA"),
    Light.GREY: ("#6B7280", "#565D69", "#F0F1F3"),
    Light.BLUE: ("#1F5FBF", "#1F5FBF", "#E8F0FB"),
}


class LightWord(models.TextChoices):
    """What a light says, worst first; a task shows the worse of its sides."""

    OVERDUE = "overdue", _("逾期")
    EXPIRED = "expired", _("期满未办结")
    FAR_BEHIND = "far_behind", _("严重滞后")
    BEHIND = "behind", _("滞后")
    DUE_SOON = "due_soon", _("临期")
    NORMAL = "normal", _("正常")
    NOT_STARTED = "not_started", _("未启动")
    SUSPENDED = "suspended", _("中止")
    STANDING = "standing", _("长期坚持")
    CARRIED = "carried", _("结转")
    CLOSED = "closed", _("已销号")

    @property
    def light(self) -> Light:
        return LIGHT_OF_WORD[self]

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(LightWord).index(self)

    @property
    def short_label(self) -> Any:
        """For where there is little room."""
        return SHORT_WORDS.get(self, self.label)


SHORT_WORDS: Mapping[str, Any] = {
    LightWord.EXPIRED: pgettext_lazy("in a narrow cell", "期满未办结"),
    LightWord.NOT_STARTED: pgettext_lazy("in a narrow cell", "未启动"),
    LightWord.STANDING: pgettext_lazy("in a narrow cell", "长期坚持"),
}

LIGHT_OF_WORD: Mapping[LightWord, Light] = {
    LightWord.OVERDUE: Light.RED,
    LightWord.EXPIRED: Light.RED,
    LightWord.FAR_BEHIND: Light.RED,
    LightWord.BEHIND: Light.YELLOW,
    LightWord.DUE_SOON: Light.YELLOW,
    LightWord.NORMAL: Light.GREEN,
    LightWord.NOT_STARTED: Light.GREY,
    LightWord.SUSPENDED: Light.GREY,
    LightWord.STANDING: Light.GREY,
    LightWord.CARRIED: Light.GREY,
    LightWord.CLOSED: Light.BLUE,
}
LATE_WORDS = (LightWord.OVERDUE, LightWord.EXPIRED)
