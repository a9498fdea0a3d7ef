"""What runs in the background; no business state lives in the queue."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, current_app

from extensions import db
from gateways.mail import MailFailed, Message
from operations import outbox


def init_app(app: Flask) -> None:
    """Nothing to register yet: the consumer imports `jobs.huey`."""


def drain_outbox(now: datetime) -> int:
    """Send every mail that is due; returns how many went. Each is committed on its own."""
    gone = 0
    while claimed := outbox.claim(now=now):
        db.session.commit()
        for mail in claimed:
            gone += _send(mail, now)
    db.session.commit()
    return gone


def _send(mail: outbox.Claimed, now: datetime) -> int:
    settings = current_app.extensions["portail"]
    message = Message(
        recipient=mail.recipient,
        subject=mail.subject,
        body=mail.body,
        sender=settings.mail_sender,
        message_id=f"<outbox-{mail.id}@{settings.mail_sender.rpartition('@')[2]}>",
    )
    try:
        current_app.extensions["mail"].send(message)
    except MailFailed as failure:
        outbox.failed(mail.id, failure.reason, permanent=failure.permanent, now=now)
        db.session.commit()
        return 0
    outbox.sent(mail.id, now=now)
    db.session.commit()
    return 1
