"""Units in time: what was renamed, merged, split or abolished, from which day."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from units.models.units import Unit
from units.states import SuccessionKind


class SuccessionQuerySet(models.QuerySet["Succession"]):
    def waiting(self) -> Self:
        """Entered, and not carried out."""
        return self.filter(done_at=None)

    def due(self, today: datetime.date) -> Self:
        """Waiting, and the day has come; in the order of the days."""
        return self.waiting().filter(day__lte=today).order_by("day", "pk")

    def about(self, unit: Unit) -> Self:
        """In which the unit takes part, on either side."""
        rows = Succession.objects.filter(Q(old=unit) | Q(new=unit))
        return self.filter(pk__in=rows.values("pk"))

    def for_list(self) -> Self:
        """With all that a list shows."""
        return self.select_related("entered_by").prefetch_related("old", "new")


class Succession(models.Model):
    """机构变动: from `day` on, duties of the `old` units are the `new` units'.

    A renaming has the same unit on both sides. `done_at` is null until its day has come: duties
    and open drafts move by a job on that day, closed quarters keep their names.
    """

    kind = models.CharField(_("方式"), max_length=10, choices=SuccessionKind)
    day = models.DateField(_("生效日期"))
    old = models.ManyToManyField(Unit, verbose_name=_("原单位"), related_name="successions")
    new = models.ManyToManyField(
        Unit, verbose_name=_("承接单位"), related_name="came_by", blank=True
    )
    new_name = models.CharField(_("新名称"), max_length=100, blank=True)
    basis = models.CharField(_("依据"), max_length=200)
    # {responsibility id: unit id}: where a split gives a duty to another than the first heir.
    duties = models.JSONField(_("责任分派"), default=dict, blank=True)
    # The one heir is not the enterer's to change: duties go there, posts do not.
    people_stay = models.BooleanField(_("人员不随转"), default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))
    done_at = models.DateTimeField(_("办理时间"), null=True, blank=True)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("机构变动")
        ordering = ["-day", "-id"]
        indexes = [
            models.Index(
                fields=["day"], condition=models.Q(done_at=None), name="succession_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"

    def is_waiting(self) -> bool:
        """As the queryset's word."""
        return self.done_at is None

    def is_due(self, today: datetime.date) -> bool:
        """As the queryset's word."""
        return self.is_waiting() and self.day <= today
