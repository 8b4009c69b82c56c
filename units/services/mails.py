"""Short mails about a person's account. None is the only way to know: pages say the same."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


def send(address: str, subject: str, text: str) -> bool:
    """Send at once and say whether it went: a link is not kept in a row to be sent later."""
    if not address:
        return False
    foot = _("碳责通 %(site)s\n非涉密系统，严禁录入、上传涉密信息。") % {"site": settings.SITE_URL}
    try:
        number = send_mail(subject, f"{text}\n\n{foot}\n", settings.DEFAULT_FROM_EMAIL, [address])
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("A mail about an account was not sent: %s", type(error).__name__)
        return False
    return bool(number)
