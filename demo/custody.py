"""Two parents whose weeks alternate: one proposes a swap, the other has not answered yet."""

from __future__ import annotations

from datetime import date, timedelta

from demo.dates import at
from demo.people import account_of
from operations import swaps
from operations.actors import parent
from rules.swaps import Days, Offer

SONIA = "sonia.bernard@villars.example"
# Weeks 53 of 2026 and 1 of 2027 are both odd, both Karim's: Sonia asks for the second against the next one.
HIS, HERS = date(2027, 1, 4), date(2027, 1, 11)
WEEK = timedelta(days=6)


def propose_a_swap() -> None:
    account = account_of(SONIA)
    sonia = account.guardian
    assert sonia is not None
    ines = next(each.child for each in sonia.guardianships if each.child.first_name == "Inès")
    offer = Offer(gives=Days(HERS, HERS + WEEK), takes=Days(HIS, HIS + WEEK))
    swaps.propose(ines, sonia, offer, by=parent(account), now=at(date(2026, 11, 21), 21, 20))
