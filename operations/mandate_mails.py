"""The mails of a mandate, to the payer: to sign, received, in force, refused, ended. Never a whole IBAN."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template

import models
from operations import outbox
from rules.mandate_vocabulary import MandateState

SUBJECTS = {
    MandateState.TO_SIGN: "Votre mandat de prélèvement est à signer",
    MandateState.RECEIVED: "Votre mandat de prélèvement est bien reçu",
    MandateState.ACTIVE: "Votre prélèvement automatique est en place",
    MandateState.REFUSED: "Votre mandat de prélèvement est à refaire",
    MandateState.REVOKED: "Votre mandat de prélèvement est révoqué",
    MandateState.LAPSED: "Votre mandat de prélèvement est caduc",
}


def tell(mandate: models.Mandate, *, replaces: models.Mandate | None = None, now: datetime) -> None:
    """Where the mandate stands now; a draft given up is not told, nothing having been signed."""
    if mandate.rum is not None:
        subject = f"{SUBJECTS[mandate.state]} : {mandate.rum}"
        _post(mandate, subject, "mandate", mandate.state.value, now, replaces=replaces)


def tell_amended(mandate: models.Mandate, *, now: datetime) -> None:
    _post(mandate, f"Votre compte a changé : mandat {mandate.rum}", "mandate_account", "account", now)


def _post(
    mandate: models.Mandate, subject: str, template: str, key: str, now: datetime, **values: Any
) -> None:
    """Nothing to send to a payer without e-mail: the counter told them."""
    guardian = mandate.guardian
    if guardian.email is None:
        return
    body = render_template(f"mail/{template}.txt", mandate=mandate, guardian=guardian, **values)
    letter = outbox.Letter(
        kind="mandate",
        recipient=guardian.email,
        subject=subject,
        body=body,
        key=f"mandate-{mandate.id}-{key}-{now.isoformat()}",
    )
    outbox.post(letter, now=now)
