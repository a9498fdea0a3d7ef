"""Absences, places, fees, the quotient and the commune's settings, in its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rules.absences import AbsencePolicy
from rules.capacity import Capacity
from rules.commune_conditions import RANGE, Range
from rules.commune_grid import LABEL
from rules.commune_limits import Amount, amount_kind
from rules.commune_words import (
    FROM,
    LEVEL,
    PER_WHOM,
    PROOF,
    REASON,
    TO,
    first_of,
    told_first,
)
from rules.fees import Fee
from rules.file_kinds import (
    ACTIVITY,
    AMOUNT,
    SCHOOL,
    SERVICE,
    WEEKDAYS_KIND,
    YEAR_DAY,
    YES,
    Scalar,
    Several,
    choice,
    parse_minute,
    show_minute,
    text_kind,
    whole,
)
from rules.file_nodes import Entries, Names, Node, Spot, Text
from rules.file_schema import Field, Section, Values
from rules.folding import fold
from rules.quotients import QuotientPolicy
from rules.refusals import Refused
from rules.vocabulary import AbsenceUnit, CountedFrom, FeeOccasion, LateNotice, PerWhom, QuotientStart

# -- absences ------------------------------------------------------------------------------

_UNITS = (
    ("jours calendaires", AbsenceUnit.CALENDAR),
    ("heures", AbsenceUnit.HOURS),
    ("heure", AbsenceUnit.HOURS),
    ("h", AbsenceUnit.HOURS),
    ("jours ouvrables", AbsenceUnit.WORKABLE),
    ("jours ouvrés", AbsenceUnit.WORKING),
    ("jours de service", AbsenceUnit.SERVICE),
    ("jours réservés", AbsenceUnit.BOOKED),
    ("repas", AbsenceUnit.BOOKED),
)
_DAYS = (("jours", AbsenceUnit.CALENDAR), ("jour", AbsenceUnit.CALENDAR))
_BOOKED = (("jours", AbsenceUnit.BOOKED), ("jour", AbsenceUnit.BOOKED))
WINDOW = amount_kind("un délai (15 jours, 48 heures, 3 jours ouvrés à 12:00)", (*_DAYS, *_UNITS))
LENGTH = amount_kind("une durée (8 jours)", (*_DAYS, *_UNITS))
CARENCE = amount_kind("un nombre de jours (1 jour)", (*_BOOKED, *_UNITS))
COUNTED = choice(
    ("chaque jour", CountedFrom.EACH_DAY),
    ("premier jour", CountedFrom.FIRST_DAY),
    ("dernier jour", CountedFrom.LAST_DAY),
    ("retour", CountedFrom.RETURN),
    ("fin de semaine", CountedFrom.WEEK_END),
    ("fin du mois", CountedFrom.MONTH_END),
)
NOTICES = choice(("rien", LateNotice.NOTHING), ("jours suivants", LateNotice.NEXT_DAYS))


def _notice(text: str) -> tuple[int, int]:
    """(minute, days before): `10:00` the same day, `la veille à 10:00`, `2 jours à 10:00`."""
    found = re.fullmatch(r"(?:le jour même à |(la veille)(?: à)? |(\d+) jours?(?: avant)? à )?(.+)", text)
    if not found:
        raise ValueError
    days = 1 if found[1] else int(found[2] or 0)
    return parse_minute(found[3]), days


def _show_notice(value: tuple[int, int]) -> str:
    minute, days = value
    before = {0: "", 1: "la veille à "}.get(days, f"{days} jours à ")
    return before + show_minute(minute)


NOTICE = Scalar("une heure (10:00, ou la veille à 10:00)", _notice, _show_notice)


def _absence(values: Values, spot: Spot) -> AbsencePolicy:
    window: Amount | None = values["window"]
    carence: Amount | None = values["carence"]
    least, most = values["least"], values["most"]
    if least and most and least.unit is not most.unit:
        raise Refused("Les deux durées se comptent dans la même unité.", "most")
    length = least or most
    minute, days = values["notice"] or (None, 0)
    given: dict[str, Any] = {
        "reasons": values["reasons"] or frozenset(),
        "proofs": values["proofs"] or frozenset(),
        "never": not values["deducted"],
        "min_days": least and least.number,
        "max_days": most and most.number,
        "counted_from": values["counted_from"],
        "notice_minute": minute,
        "notice_days": days,
        "late_notice": values["late_notice"],
        "yearly_days": values["yearly"],
        "last": values["last"],
    }
    if length:
        given["length_unit"] = length.unit or AbsenceUnit.CALENDAR
    if window:
        given |= {"window_amount": window.number, "window_unit": window.unit or AbsenceUnit.CALENDAR}
        given |= {} if window.minute is None else {"window_minute": window.minute}
    if carence:
        given |= {"carence_amount": carence.number, "carence_unit": carence.unit or AbsenceUnit.BOOKED}
    try:
        return AbsencePolicy(first=first_of(values, spot.report.names), **given)
    except Refused as refusal:
        raise Refused(refusal.sentence, _ABSENCE_FIELDS.get(refusal.field or "", refusal.field)) from None


_ABSENCE_FIELDS = {
    "window_amount": "window",
    "window_unit": "window",
    "window_minute": "window",
    "carence_amount": "carence",
    "carence_unit": "carence",
    "min_days": "least",
    "max_days": "most",
    "length_unit": "least",
    "notice_minute": "notice",
    "notice_days": "notice",
    "yearly_days": "yearly",
}


def _told_absence(policy: AbsencePolicy, names: Names) -> Mapping[str, Any]:
    ends = policy.window_minute if policy.window_minute < 1439 else None
    window = policy.window_amount
    carence = policy.carence_amount
    least, most = policy.min_days, policy.max_days
    notice = policy.notice_minute
    return {
        "reasons": policy.reasons or None,
        "proofs": policy.proofs or None,
        "deducted": not policy.never,
        "window": None if window is None else Amount(window, policy.window_unit, ends),
        "counted_from": policy.counted_from,
        "carence": Amount(carence, policy.carence_unit) if carence else None,
        "least": None if least is None else Amount(least, policy.length_unit),
        "most": None if most is None else Amount(most, policy.length_unit),
        "notice": None if notice is None else (notice, policy.notice_days),
        "late_notice": policy.late_notice,
        "yearly": policy.yearly_days,
        "first": told_first(policy.first, names),
        "last": policy.last,
    }


def _short_absence(node: Node, _: Spot) -> Node:
    if isinstance(node, Text) and fold(node.text) in ("jamais", "jamais deduites"):
        return Entries(node.line, ((Text(node.line, "déduites"), Text(node.line, "non")),))
    found = _PROOF_WITHIN.fullmatch(node.text.strip()) if isinstance(node, Text) else None
    if found is None:
        return node
    told = {"justificatifs": found[1], "délai": found[2]}
    return Entries(
        node.line, tuple((Text(node.line, key), Text(node.line, said)) for key, said in told.items() if said)
    )


# `certificat médical sous 48 h`; a word alone is not one: it may be a reason.
_PROOF_WITHIN = re.compile(r"((?:certificat|attestation|mot) ?.*?)(?: (?:sous|dans les) (\d.*))?")


ABSENCE = Section(
    "Une règle d’absence",
    "Quelles absences sont déduites. La première règle qui convient au motif et à la durée décide.",
    (
        Field(
            "motifs", "reasons", Several(REASON), "Les motifs qu’elle prend (défaut : tous)", also=("motif",)
        ),
        Field("durée minimale", "least", LENGTH, "Absences d’au moins tant de jours"),
        Field("durée maximale", "most", LENGTH, "Absences d’au plus tant de jours"),
        Field("déduites", "deducted", YES, "non : rien n’est déduit, quoi que l’on montre", default=True),
        Field(
            "justificatifs",
            "proofs",
            Several(PROOF),
            "L’un d’eux suffit (défaut : aucun n’est demandé)",
            also=("justificatif",),
        ),
        Field("délai", "window", WINDOW, "Temps pour justifier (défaut : sans limite)"),
        Field("compté depuis", "counted_from", COUNTED, "D’où court le délai", default=CountedFrom.EACH_DAY),
        Field("prévenir avant", "notice", NOTICE, "Heure du premier jour avant laquelle prévenir"),
        Field(
            "prévenu tard",
            "late_notice",
            NOTICES,
            "Ce qui est déduit alors : rien, ou les jours suivants",
            default=LateNotice.NOTHING,
        ),
        Field("carence", "carence", CARENCE, "Premiers jours qui restent dus"),
        Field(
            "au plus par an",
            "yearly",
            whole(0, 366),
            "Jours déduits au plus dans une année scolaire",
        ),
        FROM,
        TO,
    ),
    build=_absence,
    unbuild=_told_absence,
    short=_short_absence,
    shorten=lambda written: "jamais" if written == {"déduites": "non"} else written,
)

# -- places --------------------------------------------------------------------------------


def _short_places(node: Node, _: Spot) -> Node:
    if isinstance(node, Text):
        return Entries(node.line, ((Text(node.line, "nombre"), node),))
    return node


_PLACES = ("places", "school_id", "level", "weekdays", "last")
PLACES = Section(
    "Un nombre de places",
    "Combien d’enfants par jour. Au-delà, liste d’attente.",
    (
        Field("nombre", "places", whole(0, 100_000), "Places par jour", required=True),
        Field("école", "school_id", SCHOOL, "Seulement pour cette école"),
        Field("niveau", "level", LEVEL, "Seulement pour ce niveau"),
        Field("jours", "weekdays", WEEKDAYS_KIND, "Seulement ces jours"),
        FROM,
        TO,
    ),
    build=lambda values, spot: Capacity(
        first=first_of(values, spot.report.names), **{name: values[name] for name in _PLACES}
    ),
    unbuild=lambda capacity, names: (
        {name: getattr(capacity, name) for name in _PLACES} | {"first": told_first(capacity.first, names)}
    ),
    short=_short_places,
    shorten=lambda written: written["nombre"] if list(written) == ["nombre"] else written,
)

# -- fees ----------------------------------------------------------------------------------

OCCASIONS = choice(
    ("première facture", FeeOccasion.FIRST_BILL),
    ("inscription", FeeOccasion.ENROLMENT),
    ("inscription tardive", FeeOccasion.LATE_ENROLMENT),
)
_FEE = (
    "name", "amount_cents", "occasion", "activity_id", "service_id", "resident", "family_max_cents", "last",
)  # fmt: skip


def _fee(values: Values, spot: Spot) -> Fee:
    if values["activity_id"] is not None and values["service_id"] is not None:
        raise Refused("Une activité ou un service, pas les deux.", "service_id")
    low, high = values["rank"] or (None, None)
    of_a_child = values["rank"] is not None or values["family_max_cents"] is not None
    if of_a_child and values["per_whom"] is PerWhom.FAMILY:
        raise Refused("Un rang ou un maximum par famille se dit d’un frais dû par enfant.", "per_whom")
    return Fee(
        first=first_of(values, spot.report.names),
        per_whom=values["per_whom"] or (PerWhom.CHILD if of_a_child else PerWhom.FAMILY),
        rank_from=low,
        rank_to=high,
        **{name: values[name] for name in _FEE},
    )


def _told_fee(fee: Fee, names: Names) -> Mapping[str, Any]:
    return {name: getattr(fee, name) for name in _FEE} | {
        "first": told_first(fee.first, names),
        "per_whom": PerWhom.CHILD if fee.per_whom is PerWhom.CHILD else None,
        "rank": Range(fee.rank_from, fee.rank_to) if fee.ranked else None,
    }


FEE = Section(
    "Un frais",
    "Une somme due une fois par année scolaire.",
    (
        Field("nom", "name", LABEL, "Nom sur la facture", required=True),
        Field("montant", "amount_cents", AMOUNT, "La somme", required=True),
        Field("par", "per_whom", PER_WHOM, "famille (défaut) ou enfant (défaut avec un rang ou un maximum)"),
        Field("rang", "rank", RANGE, "Seulement pour ces enfants du foyer (1 : l’aîné)"),
        Field(
            "maximum par famille", "family_max_cents", AMOUNT, "Au plus, sous ce nom, dans l’année scolaire"
        ),
        Field("quand", "occasion", OCCASIONS, "À quelle occasion", default=FeeOccasion.FIRST_BILL),
        Field("activité", "activity_id", ACTIVITY, "Seulement pour cette activité"),
        Field("service", "service_id", SERVICE, "Seulement pour ce service"),
        Field(
            "habitants",
            "resident",
            YES,
            "Seulement pour ceux de la commune (oui) ou d’ailleurs (non)",
        ),
        FROM,
        TO,
    ),
    build=_fee,
    unbuild=_told_fee,
)

# -- the quotient --------------------------------------------------------------------------

STARTS = choice(
    ("le jour même", QuotientStart.SAME_DAY),
    ("le mois suivant", QuotientStart.NEXT_MONTH),
    ("date de référence", QuotientStart.REFERENCE),
)
BACKDATED = Scalar(
    "un nombre de jours (30 jours)",
    lambda text: whole(0, 1000).parse(re.sub(r" jours?$", "", text)),
    lambda days: f"{days} jours",
)


def _quotient(values: Values, _: Spot) -> QuotientPolicy:
    if (values["start"] is QuotientStart.REFERENCE) != (values["reference"] is not None):
        raise Refused("« date de référence » et « référence » vont ensemble.", "reference")
    if values["renewed"] is not None and values["expires"] is None:
        raise Refused("« renouvelé depuis » va avec « expire ».", "renewed")
    return QuotientPolicy(**values)


QUOTIENT_POLICY = Section(
    "Le quotient",
    "Lequel compte un jour donné. Sans cette section : celui en vigueur le jour du service.",
    (
        Field("effet", "start", STARTS, "Quand un nouveau quotient compte", default=QuotientStart.SAME_DAY),
        Field("référence", "reference", YEAR_DAY, "Avec « date de référence » : 1er janvier"),
        Field("rétroactif", "backdated_days", BACKDATED, "Jours au plus avant sa réception"),
        Field("expire", "expires", YEAR_DAY, "Jour de l’année où les anciens ne comptent plus"),
        Field(
            "renouvelé depuis",
            "renewed",
            YEAR_DAY,
            "Avec « expire » : un quotient donné depuis ce jour est le nouveau, et reste",
        ),
    ),
    build=_quotient,
)

# -- settings ------------------------------------------------------------------------------


def _short_name(node: Node, _: Spot) -> Node:
    if isinstance(node, Text):
        return Entries(node.line, ((Text(node.line, "nom"), node),))
    return node


def _given(values: Values, _: Spot) -> dict[str, Any]:
    """Only what the file says: the rest of the commune's settings stays as it is."""
    return {name: value for name, value in values.items() if value is not None}


def _told(settings: Mapping[str, Any], _: Names) -> Mapping[str, Any]:
    return _Told(settings)


class _Told(dict[str, Any]):
    def __missing__(self, key: str) -> None:
        return None


COMMUNE = Section(
    "La commune",
    "Son nom, et comment joindre le service.",
    (
        Field("nom", "name", text_kind(80), "Nom", required=True),
        Field("service", "service_name", text_kind(80), "Nom du service"),
        Field("rue", "street", text_kind(120), "Adresse de la mairie"),
        Field("code postal", "postcode", text_kind(10), "Code postal"),
        Field("ville", "city", text_kind(80), "Ville de l’adresse"),
        Field("téléphone", "phone", text_kind(20), "Téléphone"),
        Field("courriel", "email", text_kind(254), "Courriel"),
        Field("site", "website", text_kind(200), "Site de la commune"),
        Field("horaires", "opening_hours", text_kind(200), "Heures d’ouverture"),
        Field("SIRET", "siret", text_kind(14), "SIRET"),
        Field("maire", "mayor_name", text_kind(120), "Nom du maire"),
        Field("tribunal", "court", text_kind(200), "Tribunal compétent"),
    ),
    build=_given,
    unbuild=_told,
    short=_short_name,
    shorten=lambda written: written["nom"] if list(written) == ["nom"] else written,
)
BILLING = Section(
    "Facturation",
    "Réglages des factures ; ce qui n’est pas dit reste comme il est.",
    (
        Field(
            "report sous", "carry_over_below_cents", AMOUNT, "Un total plus petit attend la facture suivante"
        ),
        Field("échéance", "due_days", BACKDATED, "Jours pour payer (21 jours)"),
        Field("trésorerie", "treasury_name", text_kind(120), "Nom de la trésorerie"),
        Field("adresse de la trésorerie", "treasury_address", text_kind(200), "Son adresse"),
        Field("PayFiP", "payfip_number", text_kind(6), "Numéro PayFiP"),
        Field("code recette", "revenue_code", text_kind(2), "Code recette"),
        Field("buralistes", "tobacconist_url", text_kind(200), "Page des buralistes agréés"),
        Field("conservation", "keep_years", whole(0, 100), "Années de conservation"),
        Field("conservation santé", "health_keep_days", BACKDATED, "Jours de conservation de la santé"),
    ),
    build=_given,
    unbuild=_told,
)
