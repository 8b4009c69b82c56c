"""The State Council's list of days off, as a year's list was uploaded."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DayList(models.Model):
    """节假日安排 of one year: goes before what the library knows, and stands for years unknown."""

    year = models.PositiveSmallIntegerField(_("年"), unique=True)
    source = models.CharField(_("依据"), max_length=200)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("节假日安排")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class ListedDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a weekend that is worked."""

    day_list = models.ForeignKey(DayList, models.CASCADE, related_name="days")
    day = models.DateField(_("日期"), unique=True)
    is_worked = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("调整的日期")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
