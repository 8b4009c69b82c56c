from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0006_people"),
    ]

    operations = [
        migrations.AlterModelManagers(name="user", managers=[]),
    ]
