"""What runs in the background. No business state lives in the queue: mails wait in the outbox,
huey only wakes the sender, and a sweep every minute picks up whatever a lost message left behind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app
from huey import crontab
from huey.storage import BaseStorage, PostgresStorage, RedisStorage, SqliteStorage
from sqlalchemy.orm import Session

from config import Mode, Settings
from extensions import db, huey
from gateways.mail import MailFailed, Message
from gateways.storage import DocumentMissing, Storage
from operations import (
    debits,
    documents,
    email_changes,
    health_purge,
    locks,
    outbox,
    provisional,
    reminders,
    request_digest,
    unbooked_notices,
)

log = logging.getLogger("portail.jobs")
_apps: list[Flask] = []


def init_app(app: Flask) -> None:
    """Give the queue its storage and wake the sender after each commit that left mail waiting.

    In test mode nothing is queued: tests drain the outbox themselves.
    """
    settings: Settings = app.extensions["portail"]
    if settings.mode is Mode.TEST:
        return
    huey.configure(_storage(settings))
    _apps[:] = [app]
    sa.event.listen(db.session, "after_commit", _wake_sender)


def _storage(settings: Settings) -> BaseStorage:
    if settings.huey_url.startswith("redis"):
        return RedisStorage("portail", url=settings.huey_url)
    if settings.huey_url.startswith("postgres"):
        return PostgresStorage("portail", dsn=settings.huey_url)
    Path(settings.huey_file).parent.mkdir(parents=True, exist_ok=True)
    return SqliteStorage("portail", filename=str(settings.huey_file))


def _wake_sender(session: Session) -> None:
    if session.info.pop(outbox.WAITING, False):
        send_mail()


# -- tasks ------------------------------------------------------------------------------------


@huey.task()
def send_mail() -> None:
    with _apps[0].app_context():
        drain_outbox(_now())


@huey.periodic_task(crontab(minute="*"))
def sweep_outbox() -> None:
    with _apps[0].app_context():
        drain_outbox(_now())


@huey.periodic_task(crontab(hour="3", minute="10"))
def every_night() -> None:
    with _apps[0].app_context():
        nightly(_now())


def run_worker() -> None:
    """Run the consumer in this process until it is stopped (`flask worker`)."""
    huey.create_consumer(workers=1, periodic=True).run()


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now


# -- what they do --------------------------------------------------------------------------------


# What is done each night, in order: its name in the log, and what does it. Each is its own transaction,
# and says how many things it did: one that fails is logged and stops none of the others.
NIGHTLY: Mapping[str, Callable[[datetime], object]] = {
    "sign-in failures forgotten": lambda now: locks.forget_before(now - timedelta(days=1)),
    "e-mail links forgotten": email_changes.forget_expired,
    "children whose health is erased": lambda now: health_purge.purge(now=now),
    "mandates lapsed": debits.lapse_old,
    "reminders before a cut-off": lambda now: reminders.remind(now=now),
    "mail to the service": lambda now: request_digest.tell_service(now=now),
    "families told of an unbooked day": lambda now: unbooked_notices.tell_unbooked(now=now),
    "provisional enrolments become final": lambda now: provisional.settle_all(now),
    "removed documents deleted": lambda _now: purge_documents(),
}


def nightly(now: datetime) -> None:
    """Do the nightly work, then send what is due."""
    for name, work in NIGHTLY.items():
        try:
            done = work(now)
            db.session.commit()
            log.info("nightly: %s: %s", name, done)
        except Exception:
            db.session.rollback()
            log.exception("nightly: %s failed", name)
    drain_outbox(now)


def purge_documents() -> int:
    """Delete what families have removed and nothing uses; the bytes first, so that none is left behind."""
    storage: Storage = current_app.extensions["storage"]
    gone = documents.unused_removed()
    for document in gone:
        try:
            storage.delete(document.storage_key)
        except DocumentMissing:
            log.warning("document %s was no longer in the storage", document.id)
        documents.forget(document)
        db.session.commit()
    return len(gone)


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
    try:
        current_app.extensions["mail"].send(_message(mail))
    except MailFailed as failure:
        outbox.failed(mail.id, failure.reason, permanent=failure.permanent, now=now)
        db.session.commit()
        return 0
    outbox.sent(mail.id, now=now)
    db.session.commit()
    return 1


def _message(mail: outbox.Claimed) -> Message:
    sender = current_app.extensions["portail"].mail_sender
    return Message(
        recipient=mail.recipient,
        subject=mail.subject,
        body=mail.body,
        sender=sender,
        message_id=f"<outbox-{mail.id}@{sender.rpartition('@')[2]}>",
    )
