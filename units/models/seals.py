"""The chain of seals over the log: what was changed, removed or slipped in is found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from units.models.audit import AuditEntry


class Seal(models.Model):
    """The seal of one entry: its digest holds the entry's columns and the digest before.

    Numbered from 1 without gaps in the order of sealing, which need not be that of the entries.
    The entry is named without a constraint: one that was removed must be found missing. Seals are
    appended only; triggers refuse everything else, and the running role has no right to it.
    """

    number = models.BigIntegerField(_("封存序号"), primary_key=True)
    entry = models.OneToOneField(
        AuditEntry,
        models.DO_NOTHING,
        verbose_name=_("记录"),
        db_constraint=False,
        null=True,  # the join is an outer one; the column is never empty
        related_name="seal",
    )
    digest = models.CharField("SHA-256", max_length=64)
    form = models.PositiveSmallIntegerField(_("封存格式"), default=1)
    sealed_at = models.DateTimeField(_("封存时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("封存")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"


class MonthSeal(models.Model):
    """What stays of a month that was dropped: its last seal, from which the chain goes on."""

    month = models.DateField(_("月份"), unique=True)  # its first day
    number = models.BigIntegerField(_("封存序号"))
    digest = models.CharField("SHA-256", max_length=64)
    count = models.BigIntegerField(_("条数"))
    dropped_at = models.DateTimeField(_("清理时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("月封存")
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.number} {self.digest[:12]}"


class DayHead(models.Model):
    """The chain's head of a day, as it was mailed: witness of a tail that was cut off."""

    day = models.DateField(_("日期"), unique=True)
    number = models.BigIntegerField(_("封存序号"))
    digest = models.CharField("SHA-256", max_length=64)
    count = models.BigIntegerField(_("条数"))
    recipients = models.JSONField(_("收件人"), default=list, blank=True)
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("日摘要")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.number} {self.digest[:12]}"
