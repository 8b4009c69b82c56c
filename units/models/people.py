"""People and what they are in a unit, in an office, or for a jurisdiction."""

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tracker.lib.workdays import SHANGHAI
from units.models.places import Jurisdiction
from units.models.units import Office, Unit
from units.states import JURISDICTION_ROLES, OFFICE_ROLES, SITE_ROLES, UNIT_ROLES, Role


class UserQuerySet(models.QuerySet["User"]):
    """Words for sets of people."""

    def unused(self, today: datetime.date) -> Self:
        """Open accounts with which nobody has come in for the days of the setting."""
        before = _begin_of(today - datetime.timedelta(days=settings.ACCOUNT_UNUSED_DAYS))
        return self.filter(is_active=True).filter(
            Q(last_login__lt=before) | Q(last_login=None, date_joined__lt=before)
        )

    def password_expires_by(self, day: datetime.date) -> Self:
        """Whose password ends on the day or before; nobody's where passwords do not end."""
        if not settings.PASSWORD_MAX_AGE_DAYS:
            return self.none()
        set_by = day - datetime.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
        before = _begin_of(set_by + datetime.timedelta(days=1))
        return self.filter(
            Q(password_set_at__lt=before) | Q(password_set_at=None, date_joined__lt=before)
        )


def _begin_of(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), SHANGHAI)


class PeopleManager(UserManager["User"]):
    """Django's manager of users, with the words above."""

    use_in_migrations = False

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def unused(self, today: datetime.date) -> UserQuerySet:
        return self.get_queryset().unused(today)

    def password_expires_by(self, day: datetime.date) -> UserQuerySet:
        return self.get_queryset().password_expires_by(day)


class User(AbstractUser):
    """A person: name, post and work phone, nothing more of personal data."""

    first_name = None  # type: ignore[assignment]  # a Chinese name is one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=50, blank=True)
    post = models.CharField(_("职务"), max_length=50, blank=True)
    phone = models.CharField(_("办公电话"), max_length=30, blank=True)
    must_change_password = models.BooleanField(
        _("须修改密码"),
        default=False,
        help_text=_("首次登录和重置之后，须先设置自己的密码。"),
    )
    password_set_at = models.DateTimeField(
        _("密码设置时间"), null=True, blank=True, help_text=_("有效期由此起算。")
    )

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        verbose_name = verbose_name_plural = _("人员")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def is_unused(self, today: datetime.date) -> bool:
        """As the queryset's word."""
        last = (self.last_login or self.date_joined).astimezone(SHANGHAI).date()
        return self.is_active and last < today - datetime.timedelta(
            days=settings.ACCOUNT_UNUSED_DAYS
        )

    @property
    def password_expires_on(self) -> datetime.date | None:
        """The day from which the password no longer serves; None where passwords do not end.

        One whose day of setting nobody noted counts from the account's first day.
        """
        if not settings.PASSWORD_MAX_AGE_DAYS:
            return None
        since = (self.password_set_at or self.date_joined).astimezone(SHANGHAI).date()
        return since + datetime.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)

    def password_is_expired(self, today: datetime.date) -> bool:
        expires_on = self.password_expires_on
        return expires_on is not None and expires_on <= today


class UsedPassword(models.Model):
    """A password that a person had: as hashed then, so that it is not taken again."""

    user = models.ForeignKey(
        User, models.CASCADE, verbose_name=_("人员"), related_name="used_passwords"
    )
    password = models.CharField(_("密码摘要"), max_length=128)
    set_at = models.DateTimeField(_("设置时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("用过的密码")
        ordering = ["user", "-set_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user} {self.set_at:%Y-%m-%d}"


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
    role = models.CharField(_("角色"), max_length=14, choices=Role)
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
                )
                | Q(role__in=SITE_ROLES, unit=None, office=None, jurisdiction=None),
                name="membership_role_fits_body",
                violation_error_message=_(
                    "填报人、审签人、联络员须选单位，协调人员和分管领导须选协调办公室，"
                    "督查员须选辖区，三类管理员均不选。"
                ),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role__in=SITE_ROLES),
                name="membership_one_site_role",
                violation_error_message=_("系统、安全、审计管理员互斥，一人只能任其一。"),
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
        return " ".join(
            str(part) for part in (self.user, self.body, self.get_role_display()) if part
        )

    @property
    def body(self) -> Unit | Office | Jurisdiction | None:
        """Where the role is held; None for the site's administrators."""
        return self.unit or self.office or self.jurisdiction
