"""What offices put in place of the suggestions of the one-page brief."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0005_search"),
        ("units", "0007_managers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BriefNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=600, verbose_name="建议")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("written_at", models.DateTimeField(verbose_name="修改时间")),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="brief_notes",
                        to="tasks.period",
                        verbose_name="填报期",
                    ),
                ),
                (
                    "side",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="units.jurisdiction",
                        verbose_name="所属方",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "verbose_name": "一页进展的建议",
                "verbose_name_plural": "一页进展的建议",
                "ordering": ["period", "side"],
                "constraints": [
                    models.UniqueConstraint(fields=("period", "side"), name="brief_note_once")
                ],
            },
        ),
    ]
