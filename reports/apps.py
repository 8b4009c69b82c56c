"""Books, their runs and files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("报表")

    def ready(self) -> None:
        """Tell the floor below what is on record about books, and who reads it."""
        from reports import policy
        from reports.models import ReportFile, ReportRun
        from tasks.services.record_parts import PARTS, Part

        made = {
            "report_run.request": _("申请生成报表"),
            "report_run.finish": _("生成报表"),
            "report_run.fail": _("报表生成失败"),
        }
        taken = {"report_file.download": _("下载报表")}
        PARTS.append(Part(ReportRun, made, lambda user: policy.scope(user, "run.view")))
        PARTS.append(Part(ReportFile, taken, lambda user: policy.scope(user, "file.view"), ()))
