from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0021_notice_of_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="digest",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="上次失败"),
        ),
    ]
