"""How an invoice is paid online, as the commune has adhered to PayFiP: one provider a mode.

Only `reference` is built: nothing is called, nobody is told « paid » before the service has recorded
the money. `ws` and `url` would be two more providers, with their return address and their twin.
"""

from __future__ import annotations

from typing import Protocol

from rules.online_payment import Debt, OnlinePayment, by_reference


class PaymentProvider(Protocol):
    """What a page asks of it, whatever the mode."""

    def prepare(self, debt: Debt) -> OnlinePayment: ...


class ReferenceProvider:
    """The payer types the references on the State's site."""

    def prepare(self, debt: Debt) -> OnlinePayment:
        return by_reference(debt)
