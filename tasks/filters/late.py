"""Filters of the overdue list: sides of tasks, every kind apart."""

from functools import cached_property
from typing import Any

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks import policy
from tasks.filters.fields import KeyFilter, StrictForm, UnitFilter, sentence, words_filter
from tasks.filters.words import unit_says, words_of
from tasks.models import Plan, PlanSide, Responsibility, Task
from tasks.services.late import Band, LateKind
from tasks.services.search.texts import TASK
from tracker.lib.search import says
from units.filters import within
from units.models import Jurisdiction, Unit
from units.policy import standing

MINE, ALL = "mine", "all"
CHOOSING = ("jurisdiction", "side", "unit")
WHOSE = [(MINE, _("本人范围")), (ALL, _("全部"))]


class LateSideFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of what is late. `kind` and `band` are left to the page, which counts.

    Without `of`, a place, a side or a unit, it opens with what is the person's own, where there
    is such: the unit's rows, the office's side, the places inspected.
    """

    kind = django_filters.ChoiceFilter(
        choices=LateKind.choices,
        method="keep_all",
        label=_("超期"),
        error_messages=sentence(_("“%(value)s”无效：请从超期类别中选择。")),
    )
    band = django_filters.ChoiceFilter(
        choices=Band.choices,
        method="keep_all",
        label=_("超期时长"),
        error_messages=sentence(_("“%(value)s”无效：请从超期时长中选择。")),
    )
    of = django_filters.ChoiceFilter(
        choices=WHOSE,
        method="keep_all",
        label=_("范围"),
        error_messages=sentence(_("“%(value)s”无效：请选择本人范围或全部。")),
    )
    search = words_filter("filter_search")
    plan = KeyFilter(
        queryset=Plan.objects.tracked(),
        field_name="task__plan",
        to_field_name="code",
        label=_("方案"),
        empty_label=_("全部方案"),
        error_messages=sentence(_("没有这个方案，或该方案仅供参考，请从列表中选择。")),
    )
    jurisdiction = KeyFilter(
        queryset=Jurisdiction.objects.all(),
        method="filter_jurisdiction",
        to_field_name="code",
        label=_("所属方"),
        empty_label=_("各方"),
        error_messages=sentence(_("没有这个辖区：请填六位行政区划代码，如500000。")),
    )
    side = KeyFilter(
        queryset=Jurisdiction.objects.filter(pk__in=PlanSide.objects.values("jurisdiction")),
        field_name="side",
        to_field_name="code",
        label=_("所属方（不含下级）"),
        empty_label=_("不限"),
        error_messages=sentence(_("没有这个辖区：请填六位行政区划代码，如500000。")),
    )
    unit = UnitFilter(
        queryset=Unit.objects.filter(responsibilities__role="lead").distinct(),
        label=_("牵头单位"),
        empty_label=_("全部牵头单位"),
    )

    class Meta:
        model = Responsibility
        form = StrictForm
        fields: list[str] = []

    @property
    def user(self) -> Any:
        return self.request.user if self.request else AnonymousUser()

    @cached_property
    def has_own(self) -> bool:
        """The person leads, coordinates or inspects anything; a superuser has no part of it."""
        who = standing(self.user)
        if who.superuser:
            return False
        if who.offices or who.inspected:
            return True
        return bool(who.units) and policy.scope(self.user, "handed_in.view").exists()

    @property
    def of_mine(self) -> bool:
        """Narrowed to what is the person's own."""
        given = getattr(self.form, "cleaned_data", {})
        if given.get("of"):
            return bool(given["of"] == MINE)
        return self.has_own and not any(given.get(name) for name in CHOOSING)

    def filter_queryset(self, queryset: Any) -> Any:
        sides = super().filter_queryset(queryset)
        if not self.of_mine:
            return sides
        return sides.filter(pk__in=policy.scope(self.user, "handed_in.view").values("pk"))

    def keep_all(self, sides: Any, name: str, value: str) -> Any:
        return sides

    def filter_jurisdiction(self, sides: Any, name: str, place: Jurisdiction) -> Any:
        """The place and those below it, as on the list of tasks."""
        return sides.filter(side__in=within(place))

    def filter_search(self, sides: Any, name: str, value: str) -> Any:
        return saying(sides, value)


def saying(sides: Any, text: str) -> Any:
    """Sides whose task or unit says all the words."""
    for word in words_of(text):
        in_task = Q(task__in=Task.objects.filter(says(TASK, [word])).values("pk"))
        sides = sides.filter(in_task | unit_says(word))
    return sides
