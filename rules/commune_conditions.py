"""For whom an amount is: by keys (`quotient: moins de 623`) or in a few words (`hors commune`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from rules.commune_words import (
    EATER,
    FORMULA,
    LEVEL,
    LEVEL_GROUPS,
    LEVELS_KIND,
    REGIME,
    SCHOOLS_KIND,
    SITUATIONS_KIND,
)
from rules.file_kinds import (
    QUOTIENT,
    WEEKDAYS_KIND,
    YES,
    Scalar,
    parse_minute,
    parse_weekday,
    show_minute,
    show_quotient,
    text_kind,
)
from rules.file_schema import Field
from rules.folding import fold
from rules.refusals import Refused
from rules.tariff_grid import Conditions

HUNDREDTH = Decimal("0.01")


class Band(NamedTuple):
    """Quotients `[low, high[`, or those that are not known."""

    low: Decimal | None = None
    high: Decimal | None = None
    unknown: bool = False


_UNKNOWN = {
    f"{of}{word}"
    for of in ("", "quotient ")
    for word in ("inconnu", "non communique", "non fourni", "non transmis")
} | {"sans quotient", "sans qf"}

# -- bands of quotients --------------------------------------------------------------------


def _bound(text: str) -> Decimal:
    value: Decimal = QUOTIENT.parse(text.removesuffix("€").strip())
    return value


def parse_band(text: str) -> Band:
    """`moins de 623`, `623 à 1001` (1001 left out), `623 à 1000 inclus`, `1001 et plus`, `sans quotient`."""
    if fold(text) in _UNKNOWN:
        return Band(unknown=True)
    text = re.sub(r"^(?:qf|quotient) ?:? ?", "", text, flags=re.IGNORECASE)
    for pattern, make in _BANDS:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found:
            return make(*found.groups())
    raise ValueError


def _up_to(low: str | None, high: str) -> Band:
    """Quotients have two decimals: `jusqu’à 1000` ends before 1000,01."""
    return Band(_bound(low) if low else None, _bound(high) + HUNDREDTH)


def _beyond_up_to(low: str, high: str) -> Band:
    return Band(_bound(low) + HUNDREDTH, _bound(high) + HUNDREDTH)


_N = r"(\d[\d ]*(?:[.,]\d+)?)"
_BANDS: tuple[tuple[str, Callable[..., Band]], ...] = (
    (rf"(?:moins de|inférieur à|<) ?{_N}", lambda high: Band(None, _bound(high))),
    (rf"(?:jusqu[’']à|inférieur ou égal à|<=|≤) ?{_N}(?: inclus)?", lambda high: _up_to(None, high)),
    (rf"(?:de )?{_N} à {_N} (?:inclus|compris)", _up_to),
    (rf"(?:de )?plus de {_N} à {_N} (?:inclus|compris)", _beyond_up_to),
    (rf"(?:de )?plus de {_N} à {_N}", lambda low, high: Band(_bound(low) + HUNDREDTH, _bound(high))),
    (rf"(?:de |entre )?{_N} (?:à|et|à moins de) {_N}", lambda low, high: Band(_bound(low), _bound(high))),
    (rf"{_N} (?:et plus|et au-delà|ou plus)", lambda low: Band(_bound(low))),
    (rf"(?:à partir de|supérieur ou égal à|>=|≥) ?{_N}", lambda low: Band(_bound(low))),
    (rf"(?:plus de|supérieur à|>) ?{_N}", lambda low: Band(_bound(low) + HUNDREDTH)),
)


def show_band(band: Band) -> str:
    if band.unknown:
        return "sans quotient"
    if band.low is None:
        return f"moins de {show_quotient(band.high or Decimal(0))}"
    if band.high is None:
        return f"{show_quotient(band.low)} et plus"
    return f"{show_quotient(band.low)} à {show_quotient(band.high)}"


def _parse_bands(text: str) -> tuple[Band, ...]:
    """One band, or a band `ou sans quotient`."""
    return tuple(parse_band(part.strip()) for part in re.split(r" ou (?=sans|quotient|inconnu|non )", text))


BANDS = Scalar(
    "une tranche (moins de 623, 623 à 1001, 1001 et plus, sans quotient)",
    _parse_bands,
    lambda bands: " ou ".join(show_band(band) for band in bands),
)


# -- ranks, slots --------------------------------------------------------------------------


class Range(NamedTuple):
    """Whole numbers, both ends included."""

    low: int | None
    high: int | None


def parse_range(text: str) -> Range:
    """`2`, `2 et plus`, `1 à 2`, `jusqu’à 2`."""
    found = re.fullmatch(r"(?:à partir de )?(\d+)(?: (et plus|ou plus)| ?(?:à|-) ?(\d+))?", text)
    if not found:
        up_to = re.fullmatch(r"jusqu[’']à (\d+)", text)
        if not up_to:
            raise ValueError
        return Range(None, int(up_to[1]))
    low = int(found[1])
    if found[2] or text.startswith("à partir"):
        return Range(low, None)
    return Range(low, int(found[3]) if found[3] else low)


def _show_range(value: Range) -> str:
    if value.high is None:
        return f"{value.low} et plus"
    if value.low is None:
        return f"jusqu’à {value.high}"
    return str(value.low) if value.low == value.high else f"{value.low} à {value.high}"


def parse_slot(text: str) -> Range:
    """`8:30 à 8:45`, `avant 8:30`, `à partir de 17:00`."""
    for pattern in (r"avant (.+)", r"(?:à partir de|après) (.+)", r"(?:de )?(.+?) à (.+)"):
        found = re.fullmatch(pattern, text)
        if found:
            minutes = [parse_minute(part) for part in found.groups()]
            if len(minutes) == 2:
                return Range(*minutes)
            return Range(None, minutes[0]) if pattern.startswith("avant") else Range(minutes[0], None)
    raise ValueError


def _show_slot(value: Range) -> str:
    if value.low is None:
        return f"avant {show_minute(value.high or 0)}"
    if value.high is None:
        return f"à partir de {show_minute(value.low)}"
    return f"{show_minute(value.low)} à {show_minute(value.high)}"


RANGE = Scalar("un nombre (2, 2 et plus, 1 à 2)", parse_range, _show_range)
SLOT = Scalar("un créneau (8:30 à 8:45)", parse_slot, _show_slot)

FIELDS = (
    Field(
        "quotient", "bands", BANDS, "Tranche de quotient : la borne haute n’en fait pas partie", also=("QF",)
    ),
    Field("habitants", "resident", YES, "oui : de la commune ; non : d’ailleurs"),
    Field("catégorie", "category", text_kind(60), "Étiquette que le service donne à des familles"),
    Field("niveaux", "levels", LEVELS_KIND, "Niveaux des enfants", also=("niveau",)),
    Field("écoles", "school_ids", SCHOOLS_KIND, "Écoles du fichier", also=("école",)),
    Field("jours", "weekdays", WEEKDAYS_KIND, "Jours de la semaine"),
    Field("vacances", "holidays", YES, "oui : pendant les vacances scolaires ; non : en dehors"),
    Field("rang", "rank", RANGE, "Rang de l’enfant dans la fratrie (1 : l’aîné)"),
    Field("enfants", "children", RANGE, "Nombre d’enfants comptés"),
    Field("jours par mois", "month", RANGE, "Combien de jours l’enfant vient dans le mois (9 et plus)"),
    Field("jours par semaine", "days", RANGE, "Combien de jours par semaine l’enfant vient (4, 3 et plus)"),
    Field("régime", "regime", REGIME, "régulier ou occasionnel"),
    Field("formule", "formula", FORMULA, "repas, panier ou surveillance"),
    Field("convive", "eater", EATER, "enfant ou adulte"),
    Field("situations", "situations", SITUATIONS_KIND, "Seulement dans ces situations", also=("situation",)),
    Field("créneau", "slot", SLOT, "Cette part du temps de présence"),
)
RANGES = ("rank", "children", "days", "month", "slot")
PLAIN = (
    "resident",
    "category",
    "levels",
    "school_ids",
    "weekdays",
    "holidays",
    "regime",
    "formula",
    "eater",
    "situations",
)


def conditions(values: Mapping[str, Any], band: Band | None) -> dict[str, Any]:
    """The arguments of `Conditions` that the keys of a row mean, for one of its bands."""
    found = {name: values[name] or Range(None, None) for name in RANGES}
    low, high, unknown = band or Band()
    return {name: values[name] for name in PLAIN} | {
        "qf_from": low,
        "qf_to": high,
        "no_quotient": unknown,
        **{f"{name}_from": each.low for name, each in found.items()},
        **{f"{name}_to": each.high for name, each in found.items()},
    }


def told_conditions(stated: Conditions) -> dict[str, Any]:
    """The inverse: what the keys of a row say."""
    told: dict[str, Any] = {name: getattr(stated, name) for name in PLAIN}
    if stated.has_band or stated.no_quotient:
        told["bands"] = (Band(stated.qf_from, stated.qf_to, stated.no_quotient),)
    else:
        told["bands"] = None
    for name in RANGES:
        found = Range(getattr(stated, f"{name}_from"), getattr(stated, f"{name}_to"))
        told[name] = None if found == Range(None, None) else found
    return told


# -- in a few words ------------------------------------------------------------------------


def phrase(text: str) -> dict[str, Any]:
    """`hors commune, moins de 623`: the conditions that the key of a short grid states.

    Refused when a part is not understood, or when two parts state the same condition.
    """
    stated: dict[str, Any] = {}
    for part in re.split(r",(?!\d) ?", text):
        attr, value = _one(part.strip())
        if attr in stated:
            raise Refused(f"« {text} » pose deux fois la même condition.")
        if attr:
            stated[attr] = value
    return stated


def _one(part: str) -> tuple[str, Any]:
    folded = fold(part)
    if folded in _EVERYBODY:
        return "", None
    for attr, parse in _PHRASES:
        try:
            return attr, parse(part)
        except (ValueError, KeyError):
            continue
    raise Refused(
        f"« {part} » ne dit pas pour qui est ce prix. On attend une tranche (moins de 623), hors commune, "
        "maternelle, 2e enfant, 3 enfants et plus, régulier, panier, adulte, mercredi, 8:30 à 8:45 ou tous."
    )


_EVERYBODY = {"tous", "tout le monde", "autres", "dans tous les cas", "unique", "tarif unique"}
_RESIDENT = {"commune": True, "habitants": True, "habitant": True, "de la commune": True}
_RESIDENT |= {"hors commune": False, "exterieurs": False, "exterieur": False, "non habitants": False}
_HOLIDAYS = {"vacances": True, "hors vacances": False, "periode scolaire": False}


def _rank(part: str) -> Range:
    """`1er enfant`, `2e enfant`, `2e enfant et plus`, `dès le 2e enfant`."""
    found = re.fullmatch(
        r"(?:(des le|a partir du) )?(\d)(?:er|e|eme|nd) enfant( et (?:plus|suivants))?", fold(part)
    )
    if not found:
        raise ValueError
    low = int(found[2])
    return Range(low, None if found[1] or found[3] else low)


def _children(part: str) -> Range:
    """`1 enfant`, `2 enfants`, `3 enfants et plus`."""
    found = re.fullmatch(r"(\d+) enfants?( et plus| ou plus)?", part)
    if not found:
        raise ValueError
    return Range(int(found[1]), None if found[2] else int(found[1]))


def _days(part: str) -> Range:
    """`1 jour par semaine`, `3 jours et plus par semaine`."""
    found = re.fullmatch(r"(\d) jours?( et plus| ou plus)? par semaine( et plus| ou plus)?", part)
    if not found:
        raise ValueError
    return Range(int(found[1]), None if found[2] or found[3] else int(found[1]))


def _month(part: str) -> Range:
    """`1 à 8 jours par mois`, `9 jours et plus par mois`."""
    found = re.fullmatch(r"(.+?) jours?( et plus| ou plus)? (?:par|dans le) mois( et plus| ou plus)?", part)
    if not found:
        raise ValueError
    return parse_range(f"{found[1]}{found[2] or found[3] or ''}")


def _levels(part: str) -> frozenset[Any]:
    words = re.split(r" et | ou |/", part)
    return frozenset(
        level for word in words for level in LEVEL_GROUPS.get(fold(word), None) or (LEVEL.parse(word),)
    )


def _category(part: str) -> str:
    found = re.fullmatch(r"catégorie (.+)", part, re.IGNORECASE)
    if not found:
        raise ValueError
    return found[1]


def _weekdays(part: str) -> frozenset[int]:
    return frozenset(parse_weekday(word) for word in re.split(r" et | ou ", part))


def _slot(part: str) -> Range:
    if not re.search(r"[:h]", part):
        raise ValueError
    return parse_slot(part)


_PHRASES: tuple[tuple[str, Callable[[str], Any]], ...] = (
    ("bands", _parse_bands),
    ("resident", lambda part: _RESIDENT[fold(part)]),
    ("rank", _rank),
    ("children", _children),
    ("days", _days),
    ("month", _month),
    ("regime", REGIME.parse),
    ("formula", FORMULA.parse),
    ("eater", EATER.parse),
    ("holidays", lambda part: _HOLIDAYS[fold(part)]),
    ("weekdays", _weekdays),
    ("levels", _levels),
    ("slot", _slot),
    ("category", _category),
)
