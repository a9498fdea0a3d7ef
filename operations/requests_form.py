"""A form of the town hall sent back completed: registration, dérogation… Accepted, it is dealt with."""

from __future__ import annotations

from operations.request_kind import Field, Filing, Kind
from rules.documents import DocumentKind
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind

LONGEST_TITLE = 120


def _check(filing: Filing) -> None:
    title = str(filing.asked.get("title", "")).strip()
    if not title:
        raise Refused("Dites de quel formulaire il s’agit.", "title")
    if len(title) > LONGEST_TITLE:
        raise Refused(f"{LONGEST_TITLE} caractères au plus.", "title")


KIND = Kind(
    kind=RequestKind.FORM,
    slug="formulaire",
    fields=(Field(name="title", label="Formulaire"),),
    check=_check,
    wanted=frozenset({DocumentKind.FORM}),
    reasons=(
        "Le formulaire est incomplet ou n’est pas signé.",
        "Le formulaire est illisible : envoyez-le de nouveau, une photo par page, bien à plat.",
        "Ce n’est pas le bon formulaire.",
    ),
    several=True,
)
