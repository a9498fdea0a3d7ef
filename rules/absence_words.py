"""An absence policy in French, for its screen and the parents' page."""

from __future__ import annotations

from rules.absences import AbsencePolicy, count_days, lower, say_proofs
from rules.money import NBSP
from rules.vocabulary import AbsenceReason, AbsenceUnit, CountedFrom, LateNotice
from rules.wording import clock_time, enumerate_words

_AFTER = {
    CountedFrom.EACH_DAY: "après chaque jour d’absence",
    CountedFrom.FIRST_DAY: "après le premier jour d’absence",
    CountedFrom.LAST_DAY: "après le dernier jour d’absence",
    CountedFrom.RETURN: "après le retour de l’enfant",
    CountedFrom.WEEK_END: "après la fin de la semaine",
    CountedFrom.MONTH_END: "après la fin du mois",
}
_SAME_DAY = {
    CountedFrom.EACH_DAY: "le jour même",
    CountedFrom.FIRST_DAY: "le premier jour d’absence",
    CountedFrom.LAST_DAY: "le dernier jour d’absence",
    CountedFrom.RETURN: "le jour du retour",
    CountedFrom.WEEK_END: "dans la semaine",
    CountedFrom.MONTH_END: "dans le mois",
}


def in_words(policy: AbsencePolicy) -> str:
    """The policy in one sentence, without its full stop.

    `Maladie de l’enfant : certificat médical, dans les 15 jours calendaires après chaque jour d’absence`.
    """
    about = f"{_reasons(policy)}{_length(policy)}"
    if policy.never:
        return f"{about}{NBSP}: aucune déduction"
    said = (_proof(policy), _notice(policy), _carence(policy), _yearly(policy))
    return f"{about}{NBSP}: {f'{NBSP}; '.join(part for part in said if part)}"


def _reasons(policy: AbsencePolicy) -> str:
    if not policy.reasons:
        return "Toute absence"
    first, *others = [reason.label for reason in AbsenceReason if reason in policy.reasons]
    return enumerate_words([first, *map(lower, others)])


def _length(policy: AbsencePolicy) -> str:
    bounds = []
    if policy.min_days is not None:
        bounds.append(f"à partir de {count_days(policy.min_days, policy.length_unit)}")
    if policy.max_days is not None:
        bounds.append(f"jusqu’à {count_days(policy.max_days, policy.length_unit)}")
    return f" ({', '.join(bounds)})" if bounds else ""


def _proof(policy: AbsencePolicy) -> str:
    proof = say_proofs(policy.proofs) if policy.needs_proof else "sans justificatif"
    window = _window(policy)
    return f"{proof}, {window}" if window else proof


def _window(policy: AbsencePolicy) -> str:
    if policy.window_amount is None:
        return ""
    until = f" avant {clock_time(policy.window_minute)}" if policy.window_minute < 1439 else ""
    if policy.window_amount == 0:
        return f"{_SAME_DAY[policy.counted_from]}{until}"
    counted = count_days(policy.window_amount, policy.window_unit)
    if policy.window_unit is AbsenceUnit.HOURS:
        until = ""
    within = "un délai de" if policy.window_amount == 1 else "les"
    return f"dans {within} {counted} {_AFTER[policy.counted_from]}{until}"


def _notice(policy: AbsencePolicy) -> str:
    if policy.notice_minute is None:
        return ""
    time = clock_time(min(policy.notice_minute, 1439))
    when = {0: "le premier jour", 1: "la veille du premier jour"}.get(
        policy.notice_days, f"{policy.notice_days} jours avant le premier jour"
    )
    lost = "rien n’est déduit" if policy.late_notice is LateNotice.NOTHING else "à partir du jour suivant"
    return f"signalée {when} avant {time}, sinon {lost}"


def _carence(policy: AbsencePolicy) -> str:
    if not policy.carence_amount:
        return ""
    if policy.carence_amount == 1:
        unit = count_days(1, policy.carence_unit).removeprefix("1 ")
        return f"le premier {unit} reste dû"
    counted = count_days(policy.carence_amount, policy.carence_unit).replace(" ", " premiers ", 1)
    return f"les {counted} restent dus"


def _yearly(policy: AbsencePolicy) -> str:
    if policy.yearly_days is None:
        return ""
    return f"{count_days(policy.yearly_days, AbsenceUnit.BOOKED)} au plus par année scolaire"
