"""Books, their runs and files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What is on record about books and forms, in words.
MADE = {
    "report_run.request": _("申请生成报表"),
    "report_run.finish": _("生成报表"),
    "report_run.fail": _("报表生成失败"),
    "report_run.cancel": _("取消生成报表"),
    "report_run.again": _("重新生成报表"),
    "report_run.remove_files": _("清理到期的报表文件"),
}
SET_UP = {
    "report_schedule.create": _("新建定时报表"),
    "report_schedule.change": _("修改定时报表"),
    "report_schedule.stop": _("停用定时报表"),
    "report_schedule.start": _("启用定时报表"),
    "report_schedule.fail": _("定时报表未能生成"),
}
MAILED = {
    "report_mail.send": _("发送报表"),
    "report_mail.withhold": _("报表未发送给无权查看者"),
    "report_mail.dead": _("报表邮件发送失败"),
    "report_mail.resend": _("重新发送报表"),
}
SENT_IN = {
    "upload.send": _("上传回填表"),
    "upload.refuse": _("回填表未能读取"),
    "upload.queue": _("提交写入回填表"),
    "upload.apply": _("写入回填表"),
    "upload.give_back": _("回填表未能写入"),
    "upload.drop": _("作废上传的回填表"),
    "upload.download": _("下载上传的回填表"),
}
TAKEN = {"report_file.download": _("下载报表")}
FORM = {"form.take": _("下载回填表")}


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("报表")

    def ready(self) -> None:
        """Tell the floor below what is on record about books, and who reads it."""
        from reports import policy
        from reports.models import ReportFile, ReportMail, ReportRun, ReportSchedule, Upload
        from tasks.services.record_parts import PARTS, Part
        from units.models import Unit

        PARTS.append(Part(ReportRun, MADE, lambda user: policy.scope(user, "run.view")))
        PARTS.append(Part(ReportSchedule, SET_UP, lambda u: policy.scope(u, "schedule.view")))
        PARTS.append(Part(ReportMail, MAILED, policy.mails_told))
        PARTS.append(Part(ReportFile, TAKEN, lambda user: policy.scope(user, "file.view"), ()))
        PARTS.append(Part(Upload, SENT_IN, lambda user: policy.scope(user, "upload.view")))
        PARTS.append(Part(Unit, FORM, lambda user: policy.scope(user, "form.take"), ()))
