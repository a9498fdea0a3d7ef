"""A tariff in plain French: who a row is for, what it costs, reductions, caps, situations, fees.

The same words on the public page, in the editor, in the staff's grids and in their history.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rules.fees import Fee
from rules.money import NBSP, format_cents
from rules.tariff_grid import (
    HOUR_MINUTES,
    Cap,
    Conditions,
    Modifier,
    SituationRule,
    TariffRow,
    TariffVersion,
    format_quotient,
)
from rules.vocabulary import (
    Eater,
    EffortBasis,
    FeeOccasion,
    Formula,
    ModifierEffect,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    Regime,
    Situation,
    SituationEffect,
    in_order,
)
from rules.wording import clock_time, enumerate_words, weekday_name

Schools = Mapping[int, str]

PERIODS = {
    Per.DAY: "jour",
    Per.WEEK: "semaine",
    Per.MONTH: "mois",
    Per.PERIOD: "période entre deux vacances",
    Per.TERM: "trimestre",
    Per.YEAR: "année scolaire",
}
WHOM = {PerWhom.CHILD: "enfant", PerWhom.FAMILY: "famille"}
REGIMES = {Regime.REGULAR: "enfants réguliers", Regime.OCCASIONAL: "enfants occasionnels"}
FORMULAS = {
    Formula.MEAL: "formule ordinaire",
    Formula.OWN_MEAL: "repas apporté (PAI)",
    Formula.SUPERVISION: "surveillance seule",
}
EATERS = {Eater.CHILD: "enfants", Eater.ADULT: "adultes"}
OCCASIONS = {
    FeeOccasion.FIRST_BILL: "avec la première facture de l’année scolaire",
    FeeOccasion.ENROLMENT: "à l’inscription",
    FeeOccasion.LATE_ENROLMENT: "pour une inscription tardive",
}


# -- who ---------------------------------------------------------------------------------


def conditions_in_words(asked: Conditions, schools: Schools) -> list[str]:
    """Everything that a row, a modifier or a cap asks, each in a few words; nothing asked gives []."""
    said = [quotient_in_words(asked), *others_in_words(asked, schools)]
    return [words for words in said if words]


def others_in_words(asked: Conditions, schools: Schools) -> list[str]:
    """The same without the quotient."""
    said = [
        {True: "habitants de la commune", False: "hors commune", None: ""}[asked.resident],
        f"familles «{NBSP}{asked.category}{NBSP}»" if asked.category else "",
        _levels(asked),
        _schools(asked, schools),
        REGIMES.get(asked.regime, "") if asked.regime else "",
        FORMULAS.get(asked.formula, "") if asked.formula else "",
        EATERS.get(asked.eater, "") if asked.eater else "",
        _rank(asked),
        _children(asked),
        _days(asked.days_from, asked.days_to, "par semaine"),
        _days(asked.month_from, asked.month_to, "dans le mois"),
        _weekdays(asked),
        {True: "pendant les vacances", False: "en période scolaire", None: ""}[asked.holidays],
        _slot(asked),
        _situations(asked),
    ]
    return [words for words in said if words]


def quotient_in_words(asked: Conditions) -> str:
    """The band, half-open: `quotient de 400 à moins de 622,50`."""
    if asked.no_quotient:
        return "quotient inconnu"
    low, high = asked.qf_from or Decimal(0), asked.qf_to
    if high is None:
        return f"quotient de {bound(low)} ou plus" if low else ""
    return (
        f"quotient de {bound(low)} à moins de {bound(high)}" if low else f"quotient de moins de {bound(high)}"
    )


def bound(quotient: Decimal) -> str:
    return format_quotient(quotient).removesuffix(",00")


def ordinal(number: int) -> str:
    return "1er" if number == 1 else f"{number}e"


def _levels(asked: Conditions) -> str:
    return f"en {enumerate_words([level.label for level in in_order(asked.levels)])}" if asked.levels else ""


def _schools(asked: Conditions, schools: Schools) -> str:
    if not asked.school_ids:
        return ""
    names = [schools.get(school_id, "école supprimée") for school_id in sorted(asked.school_ids)]
    return f"école{NBSP}: {enumerate_words(names)}"


def _weekdays(asked: Conditions) -> str:
    if not asked.weekdays:
        return ""
    return enumerate_words([f"le {weekday_name(day)}" for day in sorted(asked.weekdays)])


def _rank(asked: Conditions | Fee) -> str:
    """Ranks of children: `2e enfant`, `à partir du 3e enfant`, `du 2e au 4e enfant`."""
    low, high = asked.rank_from or 1, asked.rank_to
    if high is None:
        return f"à partir du {ordinal(low)} enfant" if low > 1 else ""
    return f"{ordinal(low)} enfant" if low == high else f"du {ordinal(low)} au {ordinal(high)} enfant"


def _children(asked: Conditions) -> str:
    low, high = asked.children_from or 1, asked.children_to
    if high is None:
        return f"familles de {low} enfants ou plus" if low > 1 else ""
    if low == high:
        return "familles d’un enfant" if low == 1 else f"familles de {low} enfants"
    return f"familles de {low} à {high} enfants"


def _days(low: int | None, high: int | None, when: str) -> str:
    """How often a child comes: `3 jours par semaine`, `4 jours ou plus…`, `1 à 8 jours dans le mois`."""
    first = low or 1
    if high is None:
        return f"{first} jours ou plus {when}" if first > 1 else ""
    if first == high:
        return f"{first} jour{'s' if first > 1 else ''} {when}"
    return f"{first} à {high} jours {when}"


def _slot(asked: Conditions) -> str:
    low, high = asked.slot_from, asked.slot_to
    if low is None and high is None:
        return ""
    if high is None:
        return f"après {clock_time(low or 0)}"
    return f"avant {clock_time(high)}" if not low else f"de {clock_time(low)} à {clock_time(high)}"


def _situations(asked: Conditions) -> str:
    if not asked.situations:
        return ""
    return f"si{NBSP}: {enumerate_words([each.label.lower() for each in in_order(asked.situations)])}"


# -- how much ----------------------------------------------------------------------------


def amount_in_words(row: TariffRow) -> str:
    """The amount of one unit: `3,80 €`, `0,65 % du quotient, de 1,00 € à 5,00 €`, `gratuit`."""
    match row.method:
        case PriceMethod.FREE:
            return "gratuit"
        case PriceMethod.RATE:
            basis = "du quotient" if row.basis is EffortBasis.QUOTIENT else "des ressources mensuelles"
            return f"{number(row.rate or Decimal(0))}{NBSP}% {basis}{_bounds(row)}"
        case PriceMethod.LINEAR:
            low, high = format_cents(row.amount_cents), format_cents(row.to_cents or 0)
            return f"de {low} à {high}, selon le quotient{_bounds(row)}"
        case PriceMethod.SHARED:
            return f"{format_cents(row.amount_cents)} pour la famille, partagés entre ses enfants"
        case _:
            return format_cents(row.amount_cents)


def _bounds(row: TariffRow) -> str:
    floor, ceiling = row.floor_cents, row.ceiling_cents
    said = [f"au moins {format_cents(floor)}"] if floor is not None else []
    said += [f"au plus {format_cents(ceiling)}"] if ceiling is not None else []
    return f", {enumerate_words(said)}" if said else ""


def unit_in_words(row: TariffRow) -> str:
    """What the amount pays: `par repas`, `par tranche de 30 minutes entamée`, `par mois`."""
    tolerance = f", {row.tolerance_minutes} minutes de tolérance" if row.tolerance_minutes else ""
    if row.unit is PriceUnit.SLICE:
        return f"par tranche de {row.slice_minutes} minutes entamée{tolerance}"
    if row.unit is PriceUnit.HOUR:
        each = "" if row.slice_minutes in (0, HOUR_MINUTES) else f", comptée par {row.slice_minutes} minutes"
        return f"par heure{each or ' entamée'}{tolerance}"
    return f"par {row.unit.label}"


def number(value: Decimal) -> str:
    """Without useless zeros, with a comma: `0,8`, `150`."""
    return f"{value.normalize():f}".replace(".", ",")


def modifier_in_words(modifier: Modifier) -> str:
    """`plus 1,00 €`, `moins 20 %`, `multiplié par 2`."""
    if modifier.effect is ModifierEffect.PLUS:
        sign = "moins" if modifier.amount_cents < 0 else "plus"
        return f"{sign} {format_cents(abs(modifier.amount_cents))}"
    if modifier.factor == 0:
        return "gratuit"
    if modifier.factor < 1:
        return f"moins {number((1 - modifier.factor) * 100)}{NBSP}%"
    return f"multiplié par {number(modifier.factor)}"


def cap_in_words(cap: Cap) -> str:
    """`pas plus de 2,20 € par jour et par enfant, toutes les activités du service ensemble`."""
    most = format_cents(cap.max_cents) if cap.max_cents is not None else f"{cap.max_units} unités payées"
    together = ", toutes les activités du service ensemble" if cap.whole_service else ""
    return f"pas plus de {most} par {PERIODS[cap.period]} et par {WHOM[cap.per_whom]}{together}"


# -- situations, fees, settings --------------------------------------------------------------


def situation_in_words(rule: SituationRule) -> str:
    """What a situation costs, from when and how often: `prix habituel + 2,00 €, une seule fois par jour`."""
    said = [_effect(rule)]
    if rule.situation is Situation.LATE_PICKUP:
        if rule.slice_minutes:
            said.append(f"par tranche de {rule.slice_minutes} minutes entamée")
        if rule.tolerance_minutes:
            said.append(f"après {rule.tolerance_minutes} minutes de tolérance")
    if rule.from_nth > 1:
        period = PERIODS[rule.nth_period] if rule.nth_period else "année scolaire"
        whose = ", toute la famille ensemble" if rule.counted_per is PerWhom.FAMILY else ""
        said.append(f"à partir de la {rule.from_nth}e fois par {period}{whose}")
    if rule.once is not None:
        said.append(f"une seule fois par jour et par {WHOM[rule.once]}")
    return ", ".join(said)


def _effect(rule: SituationRule) -> str:
    match rule.effect:
        case SituationEffect.FIXED:
            return format_cents(rule.amount_cents)
        case SituationEffect.PLUS:
            return f"prix habituel + {format_cents(rule.amount_cents)}"
        case SituationEffect.TIMES:
            return f"prix habituel × {number(rule.factor)}"
        case SituationEffect.FREE:
            return "gratuit"
        case SituationEffect.REFUND:
            return f"{format_cents(rule.amount_cents)} déduits"
        case SituationEffect.HIGHEST:
            return "prix le plus élevé de la grille"
        case _:
            return "prix habituel"


def fee_in_words(fee: Fee) -> str:
    """`15,00 € par famille, avec la première facture de l’année scolaire`."""
    where = {True: " de la commune", False: " hors commune", None: ""}[fee.resident]
    rank = f" ({_rank(fee)})" if _rank(fee) else ""
    most = (
        "" if fee.family_max_cents is None else f", {format_cents(fee.family_max_cents)} au plus par famille"
    )
    amount = f"{format_cents(fee.amount_cents)} par {WHOM[fee.per_whom]}{where}{rank}{most}"
    return f"{amount}, {OCCASIONS[fee.occasion]}"


def bounds_in_words(version: TariffVersion) -> str:
    """`jamais moins de 1,00 € ni plus de 6,00 €, réductions et suppléments comptés`; empty without bounds."""
    said = []
    if version.floor_cents is not None:
        said.append(f"moins de {format_cents(version.floor_cents)}")
    if version.ceiling_cents is not None:
        said.append(f"plus de {format_cents(version.ceiling_cents)}")
    return f"jamais {' ni '.join(said)}, réductions et suppléments comptés" if said else ""


def regular_in_words(version: TariffVersion) -> str:
    """Who is regular, when the month's attendance decides it; empty when the enrolment says it."""
    share, days = version.regular_share, version.regular_days
    said = []
    if share is not None:
        said.append(f"au moins {number(share * 100)}{NBSP}% des jours de service du mois")
    if days is not None:
        said.append(f"au moins {days} jours dans le mois")
    if not said:
        return ""
    without = [f"le {weekday_name(day)}" for day in sorted(version.regular_without_weekdays)]
    apart = f", {enumerate_words(without)} non compté" if without else ""
    return f"Un enfant est régulier s’il vient {' ou '.join(said)}{apart}."


# -- a whole version -------------------------------------------------------------------------

EVERYBODY = "Tous"


def whom(asked: Conditions, schools: Schools) -> str:
    """Everything asked, in one line; « Tous » when nothing is."""
    return ", ".join(conditions_in_words(asked, schools)) or EVERYBODY


def row_in_words(row: TariffRow, schools: Schools) -> str:
    return f"{row.position}. {row.label} · {whom(row, schools)} · {amount_in_words(row)} {unit_in_words(row)}"


def version_in_words(version: TariffVersion, schools: Schools) -> dict[str, list[str]]:
    """What a version says, piece by piece, as the history keeps it."""
    return {
        "rows": [row_in_words(row, schools) for row in version.rows],
        "modifiers": [f"{m.label} ({whom(m, schools)}) : {modifier_in_words(m)}" for m in version.modifiers],
        "caps": [f"{cap.label} ({whom(cap, schools)}) : {cap_in_words(cap)}" for cap in version.caps],
        "situations": [f"{s.situation.label} : {situation_in_words(s)}" for s in version.situations],
    }
