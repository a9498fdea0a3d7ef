"""The examples of a commune's file: the facts of a child and of days, and what is expected of the rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from rules.commune_policies import OCCASIONS
from rules.commune_words import (
    EATER,
    FORMULA,
    LEVEL,
    PROOF,
    REASON,
    REGIME,
    SITUATION,
)
from rules.file_kinds import (
    ACTIVITY,
    AMOUNT,
    DAY,
    DURATION,
    INSTANT,
    MINUTE,
    MONTH,
    QUOTIENT,
    SCHOOL,
    YES,
    Kind,
    Plain,
    Scalar,
    Several,
    choice,
    number,
    show_number,
    text_kind,
    whole,
)
from rules.file_nodes import Entries, Names, Node, Report, Skipped, Spot, Text, as_list
from rules.file_schema import Field, ListOf, Section, Values
from rules.folding import fold
from rules.quotients import QuotientFact
from rules.vocabulary import AbsenceReason, Change, Presence, ProofKind, Timing

UNKNOWN, NONE = "inconnu", "aucun"


@dataclass(frozen=True, slots=True)
class Or:
    """A word apart, or another kind."""

    word: str
    kind: Kind

    @property
    def said(self) -> str:
        return f"{self.kind.said}, ou « {self.word} »"

    def read(self, node: Node, spot: Spot) -> Any:
        if isinstance(node, Text) and fold(node.text) in (fold(self.word), f"{fold(self.word)}e"):
            return self.word
        return self.kind.read(node, spot)

    def write(self, value: Any, names: Names) -> Plain:
        return value if value == self.word else self.kind.write(value, names)


class Span(NamedTuple):
    """From a day to a day, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Days:
    """`2026-12-01`, `2026-12-01 au 2026-12-04`, or a list of them."""

    said: str = "des dates (2026-12-01, 2026-12-03 ou 2026-12-01 au 2026-12-04)"

    def read(self, node: Node, spot: Spot) -> tuple[Span, ...]:
        parts = [
            Text(item.line, part.strip())
            for item in as_list(node)
            for part in (re.split(r",| et ", item.text) if isinstance(item, Text) else [""])
        ]
        return tuple(self._span(part, spot) for part in parts)

    def _span(self, node: Text, spot: Spot) -> Span:
        bounds = re.split(r" au | à ", node.text.removeprefix("du "))
        days = [DAY.read(Text(node.line, bound.strip()), spot) for bound in bounds[:2]]
        if days[-1] < days[0]:
            raise spot.refuse(node, "Ces jours finissent avant d’avoir commencé.")
        return Span(days[0], days[-1])

    def write(self, value: Sequence[Span], names: Names) -> Plain:
        return ", ".join(
            span.first.isoformat() if span.first == span.last else f"{span.first} au {span.last}"
            for span in value
        )


@dataclass(frozen=True, slots=True)
class Billed(Days):
    """Days, or how many of them."""

    said: str = "des dates, un nombre de jours, ou « aucun »"

    def read(self, node: Node, spot: Spot) -> Any:
        if isinstance(node, Text) and fold(node.text) == "aucun":
            return 0
        if isinstance(node, Text) and node.text.strip().isdecimal():
            return int(node.text)
        return Days.read(self, node, spot)


# -- facts ---------------------------------------------------------------------------------

BOOKINGS = choice(
    ("à temps", Timing.IN_TIME),
    ("hors délai", Timing.LATE),
    ("excusée", Timing.EXCUSED),
    ("aucune", False),
    ("annulée", False),
)
PRESENCES = choice(("présent", Presence.PRESENT), ("absent", Presence.ABSENT), ("non pointé", False))
CHANGES = choice(("réserver", Change.BOOK), ("annuler", Change.CANCEL))
MONEY = Scalar("un montant (1 850,00)", number, show_number)


def _short_absence(node: Node, _: Spot) -> Node:
    if isinstance(node, Text):
        return Entries(node.line, ((Text(node.line, "motif"), node),))
    return node


ABSENCE = Section(
    "L’absence d’un exemple",
    "Ce que la famille dit de l’absence. En court, son motif : `absence: maladie`.",
    (
        Field("motif", "reason", REASON, "maladie, sortie scolaire…", default=AbsenceReason.SICKNESS),
        Field("justificatif", "proof", PROOF, "certificat médical… (défaut : aucun)", default=ProofKind.NONE),
        Field("prévenu", "told_at", INSTANT, "Quand la famille a prévenu"),
        Field(
            "justifié",
            "received_at",
            INSTANT,
            "Quand le justificatif est arrivé (défaut : quand on a prévenu)",
        ),
        Field("du", "first", DAY, "Début de l’absence, si elle déborde les jours réservés"),
        Field("au", "last", DAY, "Fin de l’absence"),
    ),
    short=_short_absence,
)
QUOTIENT_HISTORY = Section(
    "Un quotient connu",
    "Un quotient et ses dates.",
    (
        Field("valeur", "value", QUOTIENT, "Le quotient", required=True),
        Field("du", "effective_on", DAY, "Sa date d’effet", required=True),
        Field("au", "ends_on", DAY, "Dernier jour où il compte"),
        Field("reçu le", "received_on", DAY, "Quand le service l’a reçu"),
    ),
    build=lambda values, _: QuotientFact(
        values["value"], values["effective_on"], values["ends_on"], "Attestation", values["received_on"]
    ),
)


@dataclass(frozen=True, slots=True)
class Children:
    """How many children count, or a list of children, each with its own facts."""

    said: str = "un nombre d’enfants, ou une liste d’enfants et de leurs faits"

    def read(self, node: Node, spot: Spot) -> Any:
        if isinstance(node, Text):
            return whole(1, 30).read(node, spot)
        return ListOf(CHILD).read(node, spot)

    def write(self, value: Any, names: Names) -> Plain:
        raise NotImplementedError


_OF_A_DAY = (
    Field(
        "activité",
        "activities",
        Several(ACTIVITY, made=tuple),
        "Défaut : la seule du fichier",
        also=("activités",),
    ),
    Field("jours", "spans", Days(), "Défaut : le premier jour de service", also=("jour", "date", "dates")),
    Field("mois", "month", MONTH, "Tous ses jours de service"),
    Field("nombre de jours", "count", whole(0, 400), "Seulement les premiers"),
    Field("réservation", "booking", BOOKINGS, "Défaut : à temps"),
    Field("présence", "presence", PRESENCES, "Sur une feuille close (défaut : non pointé)"),
    Field("arrivée", "arrives", MINUTE, "Heure d’arrivée"),
    Field("départ", "leaves", MINUTE, "Heure de départ"),
    Field("durée", "duration", DURATION, "Au lieu de l’heure de départ"),
    Field("absence", "absence", ABSENCE, "L’absence de ces jours-là"),
    Field("situation", "situation", SITUATION, "Au lieu de réservation et présence"),
    Field("occurrence", "occurrence", whole(1, 1000), "La combien-ième fois dans la période (défaut : 1)"),
    Field("demande", "asked_at", INSTANT, "Quand la famille demande le changement"),
)
SESSION = Section("Une séance d’un exemple", "Des jours, et ce qu’ils ont de particulier.", _OF_A_DAY)
_OF_A_CHILD = (
    Field("niveau", "level", LEVEL, "CP…"),
    Field("école", "school", SCHOOL, "École du fichier"),
    Field("classe", "school_class", text_kind(40), "Classe de l’école"),
    Field("rang", "rank", whole(1, 30), "Rang dans la fratrie (défaut : 1, ou sa place dans la liste)"),
    Field(
        "jours par semaine",
        "chosen",
        whole(1, 7),
        "Choisis pour l’année (défaut : ceux où l’enfant vient dans le mois)",
    ),
    Field("régime", "regime", REGIME, "régulier (défaut) ou occasionnel"),
    Field("formule", "formula", FORMULA, "repas (défaut), panier, surveillance"),
    Field("convive", "eater", EATER, "enfant (défaut) ou adulte"),
    Field("arrivé le", "arrived_on", DAY, "Premier jour dans les écoles de la commune"),
    Field("séances", "sessions", ListOf(SESSION), "Des jours qui n’ont pas les mêmes faits"),
)
CHILD = Section(
    "Un enfant d’un exemple", "Ses faits remplacent ceux de l’exemple.", (*_OF_A_CHILD, *_OF_A_DAY)
)
_OF_A_FAMILY = (
    Field("quotient", "quotient", Or(UNKNOWN, QUOTIENT), "622,50 ou inconnu (défaut)", also=("QF",)),
    Field("quotients", "quotients", ListOf(QUOTIENT_HISTORY), "Au lieu du quotient : ceux que l’on connaît"),
    Field("revenus", "income", MONEY, "Ressources mensuelles"),
    Field("habitant", "resident", YES, "oui (défaut) ou non", also=("habitants",)),
    Field(
        "catégories", "categories", Several(text_kind(60)), "Étiquettes de la famille", also=("catégorie",)
    ),
    Field("enfants", "children", Children(), "Combien comptent (défaut : 1), ou leur liste"),
    Field("occasions", "occasions", Several(OCCASIONS), "Pour les frais", also=("occasion",)),
)

# -- what is expected ----------------------------------------------------------------------

ACCEPTED = choice(("oui", "oui"), ("non", "non"), ("hors délai", "hors délai"))


def _short_price(node: Node, _: Spot) -> Node:
    """`attendu: 2,85` is a price."""
    return Entries(node.line, ((Text(node.line, "prix"), node),)) if isinstance(node, Text) else node


EXPECTED = Section(
    "Attendu",
    "Ce que les règles doivent répondre : une ou plusieurs clés.",
    (
        Field("premier refus", "first_refused", Or(NONE, INSTANT), "Premier instant refusé"),
        Field("dernière seconde", "last_accepted", INSTANT, "Dernière seconde acceptée"),
        Field("ouverture", "opens", Or(NONE, INSTANT), "Premier instant accepté"),
        Field("accepté", "accepted", ACCEPTED, "oui, non ou hors délai, à l’instant de la demande"),
        Field("jour de service", "service_day", YES, "Si l’activité a lieu ce jour-là"),
        Field("situation", "situation", Or(NONE, SITUATION), "Où finit le jour"),
        Field("prix", "price", AMOUNT, "Le prix de chaque jour"),
        Field("total", "total", AMOUNT, "Tout ce qui est dû : jours, enfants, forfaits, plafonds, frais"),
        Field("jours facturés", "billed", Billed(), "Des dates, ou combien"),
        Field("jours non facturés", "unbilled", Billed(), "De même"),
        Field("dernier jour pour justifier", "last_day", Or(NONE, DAY), "Du premier jour d’absence"),
        Field("régime", "regime", REGIME, "Décidé d’après le mois"),
        Field("quotient", "quotient", Or(UNKNOWN, QUOTIENT), "Celui qui compte ce jour-là"),
        Field("pourquoi", "why", text_kind(300), "Un morceau de la phrase qui explique"),
        Field("refusée", "refused", text_kind(300), "Un morceau de la phrase qui refuse la configuration"),
    ),
    short=_short_price,
)


_EXPECTED_KEYS = frozenset(EXPECTED.keys())


def expected_label(attr: str) -> str:
    return next(field.key for field in EXPECTED.fields if field.attr == attr)


@dataclass(frozen=True, slots=True)
class Nodes:
    """A piece of configuration, read with the rest of the file when the example runs."""

    said: str = "un morceau de configuration"

    def read(self, node: Node, spot: Spot) -> Entries:
        if not isinstance(node, Entries):
            raise spot.refuse(node, f"On attend {self.said}.")
        return node

    def write(self, value: Any, names: Names) -> Plain:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Example:
    """One example: its facts, what is expected, and where it stands in the file."""

    name: str
    line: int
    facts: Values
    expected: Values
    instead: Entries | None = None


def _example(values: Values, spot: Spot) -> Example:
    expected: Values = values["expected"]
    if not any(expected.said(field.attr) for field in EXPECTED.fields):
        spot.wrong(values.line("expected"), "Un exemple attend quelque chose.")
        raise Skipped
    return Example(values["name"] or spot.path[-1], values.line(), values, expected, values["instead"])


EXAMPLE = Section(
    "Un exemple",
    "Des faits, puis ce que l’on attend. Chaque fait a un défaut : on ne donne que ceux qui comptent.",
    (
        Field("nom", "name", text_kind(200), "Ce que l’exemple prouve"),
        Field("changement", "change", CHANGES, "réserver (défaut) ou annuler", default=Change.BOOK),
        *_OF_A_FAMILY,
        *_OF_A_CHILD,
        *_OF_A_DAY,
        Field("avec", "instead", Nodes(), "Ce qui remplace une part du fichier, pour cet exemple"),
        Field("attendu", "expected", EXPECTED, "Ce que les règles doivent répondre", required=True),
    ),
    build=_example,
    hint=lambda key: "elle va sous « attendu »." if key in _EXPECTED_KEYS else "",
)


def read_examples(nodes: Sequence[Node], report: Report) -> list[Example]:
    """The examples that can be read; what is wrong with the others goes to the report."""
    found = []
    for place, node in enumerate(nodes, start=1):
        try:
            found.append(EXAMPLE.read(node, Spot(report, ("exemples", f"n° {place}"))))
        except Skipped:
            continue
    return found


def days_of(spans: Sequence[Span]) -> list[date]:
    return [date.fromordinal(each) for span in spans for each in _ordinals(span)]


def _ordinals(span: Span) -> range:
    return range(span.first.toordinal(), span.last.toordinal() + 1)
