"""代收人: who is told in somebody's place in a unit while that person is away."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from units.models.people import Membership, User
from units.models.units import Unit


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def current(self, today: datetime.date) -> Self:
        """Of these days, by people who are of the unit on the day and may come in."""
        posts = Membership.objects.current(today)
        of_unit = posts.filter(user=OuterRef("deputy"), unit=OuterRef("unit"))
        return self.filter(Exists(of_unit), since__lte=today, until__gte=today)

    def standing_in(self, today: datetime.date) -> dict[tuple[int, int], User]:
        """By unit and person away: who is told instead."""
        rows = self.current(today).select_related("deputy")
        return {(row.unit_id, row.person_id): row.deputy for row in rows}


class Deputy(models.Model):
    """In a unit, from `since` to `until` with both days, `deputy` is told what `person` would be.

    A deputy is of the same unit, and does there what the own post allows: nothing is lent.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, verbose_name=_("单位"), related_name="deputies")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("外出人"), related_name="deputies"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("代收人"), related_name="stands_in"
    )
    since = models.DateField(_("起"))
    until = models.DateField(_("止"))

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("代收提醒")
        ordering = ["unit", "since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="deputy_dates_in_order",
                violation_error_message=_("止日不能早于起日。"),
            ),
            models.CheckConstraint(
                condition=~Q(person=F("deputy")),
                name="deputy_is_another",
                violation_error_message=_("代收人须是另一个人。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.deputy}"

    def is_over(self, today: datetime.date) -> bool:
        """Its last day has passed."""
        return self.until < today
