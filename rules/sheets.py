"""What a printed paper says: plain strings, dates and cents, frozen by whoever issues it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The commune and its service. `signatory` is the ordonnateur: surname, first name, quality."""

    commune: str
    service: str
    address: tuple[str, ...]
    phone: str = ""
    email: str = ""
    siret: str = ""
    signatory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Treasury:
    """The accountant who collects. `partners_url` lists the tobacconists that take payments."""

    name: str
    address: tuple[str, ...]
    payee: str = "Trésor Public"
    partners_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payfip:
    """What the payer types on the public site: identifier of the structure, reference of the debt."""

    structure: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectDebit:
    """The mandate that pays this invoice, its creditor's identifier, and the day of the debit."""

    mandate: str
    creditor: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotientUsed:
    """A quotient that priced something here, in hundredths (None: none supplied), and its source."""

    value: int | None
    source: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """Child × activity × price × situation, with its days.

    `unit_price` and `amount` are cents; an adjustment has no day and may have no unit price.
    `note` says why this price, or the reason of an adjustment.
    """

    child: str
    activity: str
    amount: int
    situation: str = ""
    days: tuple[date, ...] = ()
    quantity: int = 1
    unit: str = ""
    unit_price: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLines:
    """The lines of one month. `note` says why an earlier month stands here (carried over)."""

    heading: str
    lines: tuple[SheetLine, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSheet:
    """An issued invoice (or credit note), as the family receives it.

    `payfip` is None until the accountant has given the references; `proximity_code` holds the rows
    of the tobacconists' Data Matrix (« 0 » and « 1 »), empty until the accountant's tests have passed;
    `court` names the competent court and `legal_notice` the executory wording, when the commune has
    set them; `contest` says how to reach the service.
    """

    number: str
    period: str
    issued_at: datetime
    announced_on: date
    due_on: date
    issuer: Issuer
    treasury: Treasury
    debtor_name: str
    debtor_address: tuple[str, ...]
    children: tuple[str, ...]
    months: tuple[MonthLines, ...]
    total: int
    quotients: tuple[QuotientUsed, ...] = ()
    title: str = "Facture"
    roll: str = ""
    payfip_url: str = "www.payfip.gouv.fr"
    payfip: Payfip | None = None
    debit: DirectDebit | None = None
    proximity_code: tuple[str, ...] = ()
    contest: str = ""
    court: str = ""
    legal_notice: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """What changed for one child and activity: `what` is « Réservé », « Annulé »… `until` says until when."""

    child: str
    activity: str
    what: str
    days: tuple[date, ...]
    until: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSheet:
    """The receipt of a change of bookings, for a family that has no e-mail.

    `made_by` says who acted, for whom and how it was asked.
    """

    number: str
    made_at: datetime
    made_by: str
    issuer: Issuer
    addressee: str
    address: tuple[str, ...]
    lines: tuple[ReceiptLine, ...]
    note: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody named on a paper, with the lines of their address."""

    name: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateSheet:
    """A SEPA mandate ready to sign. `holder` is whose account it is, when it is not the debtor.

    `ways_back` says how the signed paper is returned; `is_example` that the creditor's identifier is one.
    """

    rum: str
    made_at: datetime
    issuer: Issuer
    creditor: Party
    ics: str
    debtor: Party
    holder: Party | None
    iban: str
    bic: str
    bank: str
    notice_days: int
    ways_back: tuple[str, ...]
    is_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedChild:
    """A child of a tax certificate: what was paid for their childcare, in cents, and for which services."""

    name: str
    birth_date: date
    services: tuple[str, ...]
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSheet:
    """What a payer paid for childcare in a calendar year, to be told to the tax office."""

    number: str
    year: int
    version: int
    issued_at: datetime
    issuer: Issuer
    signatory: str
    payer: Party
    children: tuple[CertifiedChild, ...]
    total: int
