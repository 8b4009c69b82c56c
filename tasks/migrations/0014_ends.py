from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0012_quarters"),
    ]

    operations = [
        migrations.AddField(
            model_name="ending",
            name="percent",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="申请时完成进度"
            ),
        ),
        migrations.AddField(
            model_name="ending",
            name="shortfall",
            field=models.TextField(blank=True, verbose_name="未达100%的说明"),
        ),
    ]
