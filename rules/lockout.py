"""When signing in is locked: five failures from one address on one account, a quarter of an hour.

Failures are counted per (account, address), so that a stranger cannot lock a parent out. Against
guesses spread over many addresses, an account that has met fifty failures within the hour becomes
strict: from then on a single failure locks the address it came from, and still only that one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

MOST_FAILURES = 5
LOCK_LASTS = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
STRICT_FROM = 50


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether an attempt is refused; `locked_until` is the first instant accepted again."""
    return locked_until is not None and now < locked_until


def counted(failures: int, last_failed_at: datetime, now: datetime) -> int:
    """The failures that still count: all of them, until an hour has passed without any."""
    return failures if now - last_failed_at < FORGOTTEN_AFTER else 0


def locks(failures: int, everywhere: int) -> bool:
    """Whether this failure locks its address: each fifth one, or each one on a strict account.

    `failures` are those of the address, `everywhere` those of the account from all addresses in the hour.
    """
    return failures % MOST_FAILURES == 0 or everywhere >= STRICT_FROM


def sentence(locked_until: datetime, now: datetime) -> str:
    """What the person reads, with the time left in whole minutes (never less than what remains)."""
    minutes = ceil((locked_until - now) / timedelta(minutes=1))
    left = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return (
        f"Trop d’essais avec un mauvais mot de passe : la connexion est bloquée encore {left}. "
        "Vous pouvez aussi choisir un nouveau mot de passe par « Mot de passe oublié »."
    )
