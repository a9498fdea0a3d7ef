"""The mails of a démarche, to the adult who asks: received, something missing, a message, decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template

import models
from operations import outbox
from operations.request_kind import Kind, missing_documents
from rules.instants import paris
from rules.requests import DAYS_TO_COMPLETE, due_date


def acknowledge(request: models.Request, of: Kind, *, now: datetime) -> None:
    """Received: number, day, by when it is answered (CRPA L112-11, R112-11-1)."""
    missing = missing_documents(of, request)
    complete_by = due_date(paris(now).date(), DAYS_TO_COMPLETE)
    subject = f"Démarche {request.number} bien reçue"
    _post(request, "received", subject, "recue", now, missing=missing, complete_by=complete_by)


def ask_more(request: models.Request, text: str, *, now: datetime) -> None:
    """What is missing, and by when (CRPA L114-5)."""
    key = f"asked-{request.messages[-1].id}"
    _post(request, key, f"Démarche {request.number} : il manque quelque chose", "complement", now, text=text)


def say(request: models.Request, message: models.RequestMessage, *, now: datetime) -> None:
    _post(
        request,
        f"said-{message.id}",
        f"Démarche {request.number} : un message",
        "message",
        now,
        message=message,
    )


def decided(request: models.Request, of: Kind, *, now: datetime) -> None:
    said = "réponse" if of.answered else request.state.label.lower()
    _post(request, "decided", f"Démarche {request.number} : {said}", "decidee", now, kind=of)


def _post(
    request: models.Request, key: str, subject: str, template: str, now: datetime, **values: Any
) -> None:
    """Nothing to send to an adult without e-mail: the counter told them, or paper will."""
    guardian = request.guardian
    if guardian.email is None:
        return
    letter = outbox.Letter(
        kind="request",
        recipient=guardian.email,
        subject=subject,
        body=render_template(
            f"mail/request_{template}.txt", request=request, guardian=guardian, day=now, **values
        ),
        key=f"request-{request.id}-{key}",
    )
    outbox.post(letter, now=now)
