"""History: append-only."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from units.states import Result, Source


class AuditEntry(models.Model):
    """Who did what to what, when, from where, before and after.

    Names are copied so that they stay those of the day. A trigger in the database refuses
    UPDATE, DELETE and TRUNCATE; the running role has no right to them either.
    """

    at = models.DateTimeField(_("时间"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("操作人"),
        null=True,
        blank=True,
        related_name="+",
    )
    actor_name = models.CharField(_("操作人姓名"), max_length=150, blank=True)
    unit_name = models.CharField(_("单位"), max_length=200, blank=True)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    ip = models.GenericIPAddressField(_("地址"), null=True, blank=True)
    request_id = models.CharField(_("请求编号"), max_length=36, blank=True)
    verb = models.CharField(_("动作"), max_length=60)
    object_type = models.CharField(_("对象类型"), max_length=60, blank=True)
    object_id = models.CharField(_("对象编号"), max_length=60, blank=True)
    object_name = models.CharField(_("对象"), max_length=300, blank=True)
    result = models.CharField(
        _("结果"),
        max_length=10,
        choices=Result,
        default=Result.DONE,
        db_default=Result.DONE,
    )
    before = models.JSONField(_("变更前"), default=dict, blank=True)
    after = models.JSONField(_("变更后"), default=dict, blank=True)
    reason = models.TextField(_("理由"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("历史")
        ordering = ["-id"]
        # Each index is paid for by every write: `verb` has no second one for LIKE.
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["verb"], name="units_audit_verb_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.object_name}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("An audit entry cannot be deleted.")
