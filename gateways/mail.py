"""Outgoing mail: one message, three ends (SMTP, a folder for the demo, memory for tests)."""

from __future__ import annotations

import json
import os
import re
import smtplib
import ssl
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from gateways.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A plain text mail. `sender` and `reply_to` may carry a name: `Ville de Villars <a@b.fr>`."""

    recipient: str
    subject: str
    body: str
    sender: str
    message_id: str
    reply_to: str | None = None


class MailFailed(Exception):
    """The message did not leave. `reason` is a French sentence for the staff's outbox.

    `permanent` tells whether trying again is useless (the address or the message is refused).
    """

    def __init__(self, reason: str, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class MailGateway(Protocol):
    """Where messages leave; `send` raises MailFailed."""

    def send(self, message: Message) -> None: ...


def compose(message: Message, at: datetime) -> EmailMessage:
    """Build the RFC 5322 mail: UTF-8 plain text, dated, marked as sent by a machine (RFC 3834).

    Raises ValueError when a header would be forged (a line break in an address or a subject).
    """
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = message.sender
    mail["To"] = message.recipient
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message.message_id
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "fr"
    mail.set_content(message.body, cte="quoted-printable")
    return mail


# -- SMTP ---------------------------------------------------------------------------


class SmtpMail:
    """The real end: one connection per message, never in clear text unless told so."""

    def __init__(
        self,
        host: str,
        port: int,
        clock: Clock,
        *,
        user: str = "",
        password: str = "",
        starttls: bool = True,
        implicit_tls: bool = False,
        timeout: float = 20.0,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._host, self._port, self._clock, self._timeout = host, port, clock, timeout
        self._user, self._password = user, password
        self._starttls, self._implicit_tls = starttls and not implicit_tls, implicit_tls
        self._context = tls_context or ssl.create_default_context()

    def send(self, message: Message) -> None:
        """Hand the message to the server, or raise MailFailed.

        Only a 5xx about the recipient or the content is permanent; a refusal of our sender, of our
        password or of the connection is ours to repair, and the message may leave later.
        """
        try:
            self._deliver(compose(message, self._clock.now()))
        except (OSError, ValueError) as error:
            raise as_mail_failed(error) from error

    def _deliver(self, mail: EmailMessage) -> None:
        server = self._connect()
        try:
            self._secure(server)
            server.send_message(mail)
        finally:
            # The server has taken the message or refused it: a failing QUIT changes nothing to that,
            # and calling it a failure would send the message twice.
            with suppress(OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        if self._implicit_tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=self._context)
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout)

    def _secure(self, server: smtplib.SMTP) -> None:
        if self._starttls:
            server.starttls(context=self._context)
        if self._user:
            server.login(self._user, self._password)


def as_mail_failed(error: Exception) -> MailFailed:
    """Say in French what smtplib raised, and whether trying again is useless."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()))
            return MailFailed(f"L’adresse est refusée par le serveur : {_reply(code, reply)}.", code >= 500)
        case smtplib.SMTPDataError():
            return MailFailed(
                f"Le message est refusé par le serveur : {_reply(error.smtp_code, error.smtp_error)}.",
                error.smtp_code >= 500,
            )
        case smtplib.SMTPAuthenticationError():
            return MailFailed("Le serveur de messagerie refuse notre mot de passe.", False)
        case smtplib.SMTPResponseException():
            answer = _reply(error.smtp_code, error.smtp_error)
            return MailFailed(f"Le serveur de messagerie a répondu : {answer}.", False)
        case smtplib.SMTPNotSupportedError():
            return MailFailed(
                "Le serveur ne propose pas ce que le réglage demande (chiffrement, accents).", False
            )
        case OSError():
            return MailFailed("Le serveur de messagerie est injoignable ou ne répond plus.", False)
        case _:
            return MailFailed("L’adresse ou l’objet du message n’est pas valable.", True)


def _reply(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())[:200]}".rstrip(". ")


# -- the demo's folder --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of the folder's index: never the body."""

    at: datetime
    recipient: str
    subject: str
    file_name: str


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail read back from the folder."""

    sender: str
    recipient: str
    subject: str
    date: str
    body: str


_FILE_NAME = re.compile(r"[0-9a-f]{32}\.eml")


class FolderMail:
    """The demo's end: each mail is a file under an opaque name, listed in `index.jsonl`.

    The index holds the instant, the recipient, the subject and the file's name; a body may carry
    a provisional password and stays in its own file, readable by its owner only.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    def send(self, message: Message) -> None:
        """Write the mail, then its line in the index. Raises MailFailed when it cannot be composed."""
        at = self._clock.now()
        try:
            mail = compose(message, at)
        except ValueError as error:
            raise as_mail_failed(error) from error
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file_name = f"{uuid.uuid4().hex}.eml"
        _append(self._path / file_name, mail.as_bytes())
        line = {"at": at.isoformat(), "recipient": message.recipient, "subject": message.subject}
        _append(self._index, (json.dumps(line | {"file": file_name}, ensure_ascii=False) + "\n").encode())

    def entries(self) -> list[IndexEntry]:
        """List the mails, the latest first."""
        if not self._index.exists():
            return []
        lines = self._index.read_text(encoding="utf-8").splitlines()
        return [_entry(line) for line in reversed(lines)]

    def raw(self, file_name: str) -> bytes:
        """One mail exactly as sent. Raises KeyError for any name that is not a mail of this folder."""
        if not _FILE_NAME.fullmatch(file_name) or not (self._path / file_name).is_file():
            raise KeyError(file_name)
        return (self._path / file_name).read_bytes()

    def read(self, file_name: str) -> StoredMail:
        """Read one mail back. Raises KeyError as `raw` does."""
        mail = message_from_bytes(self.raw(file_name), policy=policy.default)
        body = mail.get_content().replace("\r\n", "\n")
        return StoredMail(mail["From"], mail["To"], mail["Subject"], mail["Date"], body)

    @property
    def _index(self) -> Path:
        return self._path / "index.jsonl"


def _append(path: Path, data: bytes) -> None:
    # One write in append mode: two processes never mix their lines.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, data)
    finally:
        os.close(handle)


def _entry(line: str) -> IndexEntry:
    fields = json.loads(line)
    return IndexEntry(
        datetime.fromisoformat(fields["at"]), fields["recipient"], fields["subject"], fields["file"]
    )


# -- tests --------------------------------------------------------------------------


class MemoryMail:
    """The tests' end: `sent` keeps the messages; `refusals` says which recipients fail, and how."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.refusals: dict[str, MailFailed] = {}

    def send(self, message: Message) -> None:
        """Keep the message, or raise the refusal set for its recipient."""
        if message.recipient in self.refusals:
            raise self.refusals[message.recipient]
        self.sent.append(message)
