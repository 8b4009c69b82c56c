"""E-mail, through the site's mail server."""

import smtplib

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from tasks.reminders.channels.base import Message, Refused, To, Unreachable
from tracker.lib.text import clean_text

PERMANENT = 500


class Mail:
    """One mail, as text and as HTML."""

    def send(self, message: Message, to: To) -> None:
        """Return once the server has accepted it."""
        if not to.address:
            raise Refused(_("无邮箱"))
        mail = EmailMultiAlternatives(
            message.subject,
            message.text,
            to=[to.address],
            headers={"Message-ID": message.id, "Auto-Submitted": "auto-generated"},
        )
        if message.html:
            mail.attach_alternative(message.html, "text/html")
        for file in message.files:
            mail.attach(file.name, file.content, file.mime)
        try:
            mail.send()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            if is_permanent(error):
                raise Refused(_reason(error)) from error
            raise Unreachable(_reason(error), whole=_is_the_servers(error)) from error


def is_permanent(error: Exception) -> bool:
    """Whether the server has refused this mail for good (5xx), or it cannot be written at all.

    A refused log-in or connection is the server's matter, not this mail's: it is tried again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code >= PERMANENT
    # An address or a head that no mail can have. (Socket errors are OSError, never ValueError.)
    return isinstance(error, ValueError)


def _is_the_servers(error: Exception) -> bool:
    """Whether no other mail would have got through either."""
    own = smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused | smtplib.SMTPDataError
    return not isinstance(error, own)


def _reason(error: Exception) -> str:
    """What the server said, as a row and a page can hold it."""
    return clean_text(_words(error))


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = error.recipients.values()
        return "; ".join(f"{code} {_decoded(text)}" for code, text in answers)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
