from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0007_busy_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="reportschedule",
            name="language",
            field=models.CharField(
                choices=[("zh-hans", "中文"), ("en", "英文")],
                default="zh-hans",
                max_length=7,
                verbose_name="语言",
            ),
        ),
        migrations.AddField(
            model_name="reportmail",
            name="died_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="停止时间"),
        ),
    ]
