from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0020_reminder_settings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["made_on"], name="notice_of_day"),
        ),
    ]
