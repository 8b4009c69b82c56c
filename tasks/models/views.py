"""Saved views: a name for the filters of a list, by person."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """What stands behind `?` in the address of a list, under the person's own name for it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    page = models.CharField(_("页面"), max_length=50)
    name = models.CharField(_("名称"), max_length=30)
    query = models.CharField(_("筛选条件"), max_length=1000)

    class Meta:
        verbose_name = verbose_name_plural = _("常用视图")
        ordering = ["page", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "page", "name"],
                name="saved_view_once",
                violation_error_message=_("已有同名的常用视图。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
