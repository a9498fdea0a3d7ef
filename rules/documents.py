"""Supporting documents: their kinds, how long one is good for, what is accepted and who may read it.

Sources: the guide (« Mon tableau de bord », vault of « pièces justificatives »), CRPA L113-12 (a document
already given is not asked for again), GDPR article 9 (health) for what is sensitive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from rules.labelled import Labelled
from rules.vocabulary import Role

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE  # one file
MOST_TOGETHER = 40 * MEGABYTE  # all the files of one sending
MOST_FILES = 12
MOST_VAULT = 200 * MEGABYTE  # all that one adult keeps: a portal is no photo album
SIZE_SAID = "10\N{NO-BREAK SPACE}Mo"
TYPES_SAID = "PDF, ou photo JPEG, PNG ou HEIC"
ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,application/pdf,image/jpeg,image/png,image/heic,image/heif"
HOME_PROOF_DAYS = 90
SUMMER = 6
SOON = timedelta(days=30)


class DocumentKind(Labelled):
    """What a supporting document is; `FORM` is a form of the town hall, completed."""

    HOME_PROOF = "home_proof", "Justificatif de domicile"
    IDENTITY = "identity", "Pièce d’identité"
    FAMILY_BOOK = "family_book", "Livret de famille"
    JUDGMENT = "judgment", "Jugement ou convention"
    QUOTIENT = "quotient", "Attestation de quotient familial"
    TAX_NOTICE = "tax_notice", "Avis d’imposition"
    INSURANCE = "insurance", "Assurance scolaire"
    MEDICAL = "medical", "Certificat médical"
    PAI = "pai", "Projet d’accueil individualisé (PAI)"
    VACCINES = "vaccines", "Vaccinations"
    SIGNED_MANDATE = "signed_mandate", "Mandat de prélèvement signé"
    BANK_DETAILS = "bank_details", "RIB"
    FORM = "form", "Formulaire complété"
    OTHER = "other", "Autre pièce"

    @property
    def is_sensitive(self) -> bool:
        """Health, bank and justice: each reading by an agent is recorded."""
        return self in SENSITIVE

    @property
    def is_personal(self) -> bool:
        """Nobody of the household but the depositor sees it, even about a child."""
        return self in PERSONAL


SENSITIVE = frozenset(
    {
        DocumentKind.JUDGMENT,
        DocumentKind.MEDICAL,
        DocumentKind.PAI,
        DocumentKind.VACCINES,
        DocumentKind.SIGNED_MANDATE,
        DocumentKind.BANK_DETAILS,
    }
)
PERSONAL = frozenset({DocumentKind.SIGNED_MANDATE, DocumentKind.BANK_DETAILS, DocumentKind.JUDGMENT})
OF_THE_SCHOOL_YEAR = frozenset({DocumentKind.INSURANCE, DocumentKind.PAI})
OF_THE_YEAR = frozenset({DocumentKind.QUOTIENT, DocumentKind.TAX_NOTICE})

_EDUCATION = frozenset({Role.ADMINISTRATOR, Role.EDUCATION})
_MONEY = _EDUCATION | {Role.FINANCE}
_READERS: Mapping[DocumentKind, frozenset[Role]] = {
    DocumentKind.QUOTIENT: _MONEY,
    DocumentKind.TAX_NOTICE: _MONEY,
    DocumentKind.SIGNED_MANDATE: _MONEY,
    DocumentKind.BANK_DETAILS: _MONEY,
    DocumentKind.PAI: _EDUCATION | {Role.CANTEEN},
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was accepted and is kept: its name, its type by content, its size, where it stands."""

    name: str
    media_type: str
    size: int
    sha256: str
    storage_key: str


def readers(kind: DocumentKind) -> frozenset[Role]:
    """The staff roles that open documents of this kind: money to finance, the PAI to those who feed."""
    return _READERS.get(kind, _EDUCATION)


def kinds_read_by(roles: frozenset[str]) -> frozenset[DocumentKind]:
    """The kinds that an agent with these roles opens."""
    return frozenset(kind for kind in DocumentKind if readers(kind) & roles)


def usual_expiry(kind: DocumentKind, day: date) -> date | None:
    """Until when a document given on that day is usually good; None when it does not age.

    Three months for a proof of address, the school year for an insurance or a PAI (the coming one from
    June on), a calendar year for a quotient or a tax notice.
    """
    if kind is DocumentKind.HOME_PROOF:
        return day + timedelta(days=HOME_PROOF_DAYS)
    if kind in OF_THE_SCHOOL_YEAR:
        return date(day.year if day.month < SUMMER else day.year + 1, 8, 31)
    if kind in OF_THE_YEAR:
        return date(day.year, 12, 31)
    return None


def has_expired(expires_on: date | None, day: date) -> bool:
    return expires_on is not None and expires_on < day


def expires_soon(expires_on: date | None, day: date) -> bool:
    """Within thirty days, and still good today."""
    return expires_on is not None and day <= expires_on <= day + SOON


def answers(kind: DocumentKind, expires_on: date | None, first_day: date, day: date) -> bool:
    """Whether a document of this kind still answers, that day, what is asked for from `first_day` on.

    A proof of address proves where one lived when it was given: it is not asked for again in the year. Any
    other is good until its last day, and what is asked for a year to come must still be good when it begins.
    """
    needed_on = first_day if kind is DocumentKind.HOME_PROOF else max(first_day, day)
    return not has_expired(expires_on, needed_on)


class Answer(Labelled):
    """Where a document that is asked for stands."""

    MISSING = "missing", "À déposer"
    EXPIRED = "expired", "Expirée : à renouveler"
    GIVEN = "given", "Déposée, pas encore vue par le service"
    SEEN = "seen", "Vue par le service"

    @property
    def is_missing(self) -> bool:
        return self in (Answer.MISSING, Answer.EXPIRED)


def size_in_words(size: int) -> str:
    """`340 Ko`, `2,4 Mo`: rounded up, never zero."""
    if size < MEGABYTE:
        return f"{max(1, -(-size // 1024))}\N{NO-BREAK SPACE}Ko"
    tenths = -(-size * 10 // MEGABYTE)
    return (
        f"{tenths // 10},{tenths % 10}\N{NO-BREAK SPACE}Mo"
        if tenths % 10
        else f"{tenths // 10}\N{NO-BREAK SPACE}Mo"
    )
