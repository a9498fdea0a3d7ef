"""What an adult changes alone, at once: their telephones, and « Je confirme que tout est exact »."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.configuration import configuration
from operations.guardians import CONTACT_LABELS
from rules import confirmations
from rules.instants import paris
from rules.phones import parse_phone
from rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Phones:
    """An adult's numbers, as typed."""

    mobile_phone: str | None
    home_phone: str | None
    work_phone: str | None

    def checked(self) -> dict[str, str | None]:
        """As they are kept; refused when one makes no sense, or when none is left."""
        kept = {name: parse_phone(typed, name) for name, typed in asdict(self).items()}
        if not any(kept.values()):
            sentence = "Gardez au moins un numéro : l’école et le service doivent pouvoir vous joindre."
            raise Refused(sentence, "mobile_phone")
        return kept


def change_phones(guardian: models.Guardian, phones: Phones, *, by: Actor, now: datetime) -> bool:
    """Give an adult other numbers, in force at once; returns whether anything changed."""
    kept = phones.checked()
    before = {name: getattr(guardian, name) for name in kept}
    changed = [name for name, value in kept.items() if value != before[name]]
    if not changed:
        return False
    for name in changed:
        setattr(guardian, name, kept[name])
    db.session.flush()
    history.record(
        guardian,
        "Téléphones changés",
        by=by,
        now=now,
        before={CONTACT_LABELS[name]: before[name] for name in changed},
        after={CONTACT_LABELS[name]: kept[name] for name in changed},
        family_id=guardian.family_id,
    )
    return True


def asks_confirmation(guardian: models.Guardian, now: datetime) -> bool:
    """Whether this adult has yet to confirm what is known of the family (rules.confirmations)."""
    today = paris(now).date()
    year = configuration().calendar.year_of(today)
    confirmed = guardian.confirmed_at
    return confirmations.is_due(
        paris(confirmed).date() if confirmed else None, today, year.first if year else None
    )


def confirm(guardian: models.Guardian, *, by: Actor, now: datetime) -> None:
    """Keep that this adult read what is known of the family, and says it is right, today."""
    before = guardian.confirmed_at
    if before is not None and paris(before).date() == paris(now).date():
        return
    guardian.confirmed_at = now
    db.session.flush()
    history.record(
        guardian,
        "Informations confirmées exactes",
        by=by,
        now=now,
        before={"confirmé le": before},
        after={"confirmé le": now},
        family_id=guardian.family_id,
    )
