"""Which columns of a list a person wants to see."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ColumnChoice(models.Model):
    """The columns of a list, by the name of its address, in the order of the person."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="columns")
    page = models.CharField(_("页面"), max_length=50)
    columns = models.JSONField(_("列"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("列的选择")
        ordering = ["page"]
        constraints = [
            models.UniqueConstraint(fields=["person", "page"], name="column_choice_once"),
        ]

    def __str__(self) -> str:
        return self.page
