"""The documents that facts come from."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from units.states import DocumentKind


class Loaded(models.Model):
    """A row that `load_plans` makes.

    `loaded` holds the values as last loaded: the loader changes a field only while its present
    value equals the loaded one, so that it never overwrites what people have entered.
    """

    loaded = models.JSONField(_("载入值"), default=dict, editable=False, blank=True)

    class Meta:
        abstract = True


class Document(Loaded):
    """A public document: a plan's own text, a report, a standard."""

    code = models.SlugField(_("代码"), max_length=50, unique=True)
    kind = models.CharField(_("类型"), max_length=10, choices=DocumentKind)
    title = models.CharField(_("标题"), max_length=300)
    number = models.CharField(_("发文字号"), max_length=100, blank=True)
    issuers = ArrayField(
        models.CharField(max_length=100), verbose_name=_("发文机关"), default=list, blank=True
    )
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    note = models.TextField(_("备注"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("文件")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class Sourced(Loaded):
    """A row that names the document and the clause it comes from."""

    document = models.ForeignKey(
        Document, models.PROTECT, verbose_name=_("依据文件"), null=True, blank=True
    )
    clause = models.CharField(_("条款"), max_length=100, blank=True)

    class Meta:
        abstract = True
