"""Who acts: an account, a name to write in the journals, and the way the request came."""

from __future__ import annotations

from dataclasses import dataclass, replace

import models
from rules.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class Actor:
    """`by` of every operation. Staff acting for a family name the guardian and the channel."""

    account_id: int | None
    name: str
    channel: Channel = Channel.PORTAL
    for_guardian_id: int | None = None
    is_staff: bool = False

    def acting_for(self, guardian_id: int | None, channel: Channel) -> Actor:
        """The same agent, recorded as acting for that guardian over the counter, the phone or paper."""
        return replace(self, for_guardian_id=guardian_id, channel=channel)


SYSTEM = Actor(account_id=None, name="Portail", channel=Channel.SYSTEM, is_staff=True)


def parent(account: models.Account) -> Actor:
    return Actor(account_id=account.id, name=account.display_name, channel=Channel.PORTAL)


def agent(account: models.Account) -> Actor:
    return Actor(account_id=account.id, name=account.display_name, channel=Channel.COUNTER, is_staff=True)
