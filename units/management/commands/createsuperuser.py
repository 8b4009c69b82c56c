"""Django's command, on record: the emergency door is opened in nobody's silence."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from units.models import User
from units.services import audit


class Command(createsuperuser.Command):
    """`manage.py createsuperuser`: for when no administrator can get in any more."""

    help = "应急：添加超级用户（可见全部内容），记入历史。平时请用 add_person。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account, then its entry: a transaction would stay open while one types."""
        superusers = User.objects.filter(is_superuser=True)
        known = set(superusers.values_list("pk", flat=True))
        super().handle(*args, **options)
        for user in superusers.exclude(pk__in=known):
            after = {"username": user.username, "is_superuser": True}
            audit.record("user.add", user, by=None, after=after)
