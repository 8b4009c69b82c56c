"""Whether the people of a unit that ends go along to its heir, as decided when it was entered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("units", "0014_bodies")]
    operations = [
        migrations.AddField(
            "succession",
            "people_stay",
            models.BooleanField(default=False, verbose_name="人员不随转"),
        )
    ]
