"""Alerts by e-mail: plain text, over TLS from the start or from STARTTLS on; in the clear to this machine alone."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

from labelqa.adapters.faults import why
from labelqa.adapters.notify.config import ChannelConfig, Configured
from labelqa.adapters.notify.keys import Secret
from labelqa.adapters.notify.wording import body, plain, title
from labelqa.errors import Refused, Unreachable
from labelqa.i18n import N_
from labelqa.workflows.watching.telling import Digest

TIMEOUT: Final = 5.0  # seconds for each step
_LONGEST: Final = 60_000  # bytes of text


@dataclass(frozen=True, slots=True)
class Mail(Configured):
    """A channel by e-mail; ``secret`` is the password, None where nobody signs in."""

    config: ChannelConfig
    secret: Secret | None
    clock: Callable[[], datetime]
    trust: ssl.SSLContext | None = None  # whom to believe; the system's authorities where nobody says

    def send(self, digest: Digest) -> str:
        """Send a message; gives what the server said. Refused where it refused it, Unreachable where it does not answer."""
        try:
            server = self._connected()
            try:
                if self.config.user and self.secret is not None:
                    server.login(self.config.user, self.secret.value)
                refused = server.send_message(self._message(digest))
            finally:
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(*next(iter(error.recipients.values()))) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            text = N_("channel {channel} cannot be reached ({why})")
            raise Unreachable(text, channel=self.name, why=why(error)) from None
        if refused:
            raise self._refused(*next(iter(refused.values())))
        return "250"

    def _connected(self) -> smtplib.SMTP:
        told, trust = self.config, self.trust or ssl.create_default_context()
        if told.security == "tls":
            return smtplib.SMTP_SSL(told.host, told.port, timeout=TIMEOUT, context=trust)
        server = smtplib.SMTP(told.host, told.port, timeout=TIMEOUT)
        if told.security == "starttls":
            try:
                server.starttls(context=trust)
            except BaseException:
                server.close()
                raise
        return server

    def _message(self, digest: Digest) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = title(digest, self.config.lang)
        message["From"], message["To"] = self.config.sender, ", ".join(self.config.to)
        message["Date"] = format_datetime(self.clock())
        message["Message-ID"] = make_msgid(domain=self.config.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body(digest, self.config.lang, most=_LONGEST) + "\n")
        return message

    def _refused(self, code: int, words: bytes | str) -> Refused:
        said = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        hidden = self.secret.hidden(said) if self.secret else said
        return Refused(
            N_("channel {channel} refused the message: {code} {said}"), channel=self.name, code=code,
            said=plain(hidden)[:200],
        )  # fmt: skip
