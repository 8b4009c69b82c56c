"""People and what they are in a unit, in an office, or for a jurisdiction."""

import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from units.models.places import Jurisdiction
from units.models.units import Office, Unit
from units.states import JURISDICTION_ROLES, OFFICE_ROLES, UNIT_ROLES, Role


class User(AbstractUser):
    """A person: name, post and work phone, nothing more of personal data."""

    first_name = None  # type: ignore[assignment]  # a Chinese name is one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=50, blank=True)
    post = models.CharField(_("职务"), max_length=50, blank=True)
    phone = models.CharField(_("办公电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("人员")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, today: datetime.date) -> Self:
        return self.filter(
            Q(since=None) | Q(since__lte=today),
            Q(until=None) | Q(until__gte=today),
            user__is_active=True,
        )


class Membership(models.Model):
    """任职: a person's role, from when to when. Both days are included; null is open."""

    user = models.ForeignKey(
        User, models.CASCADE, verbose_name=_("人员"), related_name="memberships"
    )
    role = models.CharField(_("角色"), max_length=12, choices=Role)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        related_name="memberships",
    )
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        verbose_name=_("协调办公室"),
        null=True,
        blank=True,
        related_name="memberships",
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        verbose_name=_("辖区"),
        null=True,
        blank=True,
        related_name="memberships",
    )
    since = models.DateField(_("起"), null=True, blank=True)
    until = models.DateField(_("止"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    role__in=UNIT_ROLES,
                    unit__isnull=False,
                    office=None,
                    jurisdiction=None,
                )
                | Q(role__in=OFFICE_ROLES, unit=None, office__isnull=False, jurisdiction=None)
                | Q(
                    role__in=JURISDICTION_ROLES,
                    unit=None,
                    office=None,
                    jurisdiction__isnull=False,
                ),
                name="membership_role_fits_body",
                violation_error_message=_(
                    "填报人、审签人、联络员须选单位，协调人员须选协调办公室，督查员须选辖区。"
                ),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit", "office", "jurisdiction"],
                name="membership_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="membership_dates_in_order",
                violation_error_message=_("任职止日不能早于起日。"),
            ),
        ]

    def __str__(self) -> str:
        body = self.unit or self.office or self.jurisdiction
        return f"{self.user} {body} {self.get_role_display()}"
