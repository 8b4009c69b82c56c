"""Uploads that a worker writes; sentences kept so that each reader has them in the own language."""

from django.db import migrations, models

import tracker.lib.told

BUSY = ("waiting", "reading", "applying")
HAS_CONTENT = models.Q(unit__isnull=False, content__isnull=False)


def told(name: str) -> migrations.AddField:
    field = tracker.lib.told.ToldField(blank=True, default=str, verbose_name=name)
    return migrations.AddField("upload", "step" if name == "步骤" else "error", field)


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_language")]

    operations = [
        migrations.RemoveConstraint("upload", "upload_read_has_content"),
        migrations.RemoveIndex("upload", "upload_unread"),
        migrations.AddField(
            "upload", "wish", models.JSONField(blank=True, null=True, verbose_name="写入方式")
        ),
        migrations.AlterField(
            "reportrun",
            "book",
            models.CharField(
                choices=[
                    ("status", "进展情况表"),
                    ("quarterly", "季度进展汇总表"),
                    ("overdue", "逾期审查表"),
                    ("targets", "目标台账"),
                    ("assessment", "终期评估表"),
                    ("scores", "考核评分表"),
                    ("forms", "回填表"),
                ],
                max_length=20,
                verbose_name="报表",
            ),
        ),
        # Made anew: text that is there is no JSON, and an upload's word is soon over.
        migrations.RemoveField("upload", "step"),
        migrations.RemoveField("upload", "error"),
        told("步骤"),
        told("错误"),
        migrations.AlterField(
            "upload",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "等待读取"),
                    ("reading", "读取中"),
                    ("ready", "待确认"),
                    ("applying", "写入中"),
                    ("applied", "已写入"),
                    ("refused", "未能读取"),
                    ("dropped", "已作废"),
                    ("opened", "已展开"),
                ],
                default="waiting",
                max_length=8,
                verbose_name="状态",
            ),
        ),
        migrations.AddIndex(
            "upload",
            models.Index(fields=["id"], condition=models.Q(state__in=BUSY), name="upload_busy"),
        ),
        migrations.AddConstraint(
            "upload",
            models.CheckConstraint(
                condition=~models.Q(state__in=["ready", "applying", "applied"]) | HAS_CONTENT,
                name="upload_read_has_content",
            ),
        ),
    ]
