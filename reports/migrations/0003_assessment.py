from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_plans_of_a_run"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reportrun",
            name="book",
            field=models.CharField(
                choices=[
                    ("status", "进展情况表"),
                    ("quarterly", "季度进展汇总表"),
                    ("overdue", "逾期和未报清单"),
                    ("targets", "目标指标表"),
                    ("assessment", "终期评估表"),
                ],
                max_length=20,
                verbose_name="报表",
            ),
        ),
    ]
