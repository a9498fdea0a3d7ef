"""What a newcomer writes without having read the whole page means what it seems to."""

from __future__ import annotations

from datetime import date

import pytest

from operations.commune_files import check_text, run
from operations.commune_yaml import parse, plain_of
from rules.school_calendar import Place
from rules.vocabulary import DayUnit, Level, SituationEffect

HEAD = """\
commune: Exemple
calendrier: {zone: B, années scolaires: 2026-2027, jours fériés: PUBLIC}
écoles: {Bourg: groupe scolaire, Hameau: élémentaire}
activités:
  Cantine:
"""


def read(*lines: str, public: str = "officiels", services: str = ""):
    text = (
        HEAD.replace("PUBLIC", public)
        + "".join(f"    {line}\n" for line in lines)
        + (services and f"services: {services}\n")
    )
    checked = check_text(text)
    assert not checked.problems, [str(each) for each in checked.problems]
    assert checked.reglement is not None
    return checked.reglement


def canteen(*lines: str, services: str = ""):
    return read(*lines, services=services).activities[0]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("{prix: 3,80}", {"prix": "3,80"}),
        ("{prix: 3,80 par mois, rang: 2}", {"prix": "3,80 par mois", "rang": "2"}),
        (
            "{moins de 622,50: 3,30, 622,50 et plus: 4,10}",
            {"moins de 622,50": "3,30", "622,50 et plus": "4,10"},
        ),
        ("{jours: lundi, mardi, niveau: CP}", {"jours": "lundi, mardi", "niveau": "CP"}),
        ("{moins de 500: 2, 500,50 et plus: 3}", {"moins de 500": "2", "500,50 et plus": "3"}),
        ("{prix: 3, 80}", {"prix": "3", "80": ""}),  # a space: not decimals, and told as before
        ("{prix: 1.50, 2: 3}", {"prix": "1.50", "2": "3"}),
        ("{prix: 1,50,20}", {"prix": "1,50", "20": ""}),
        ("{prix: [1, 2], 50}", {"prix": ["1", "2"], "50": ""}),
    ],
)
def test_a_comma_between_braces_is_read_as_it_is_seen(text, plain):
    assert plain_of(parse(f"a: {text}")) == {"a": plain}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("la veille 18:00", "{la veille: 18:00}"),
        ("la veille avant midi", "{la veille: 12:00}"),
        ("le matin même avant 9 h", "{le jour même: 9:00}"),
        ("{le matin même: 9 h}", "{le jour même: 9:00}"),
        ("2 jours ouvrés avant à 10:00", "{jours avant: 2 jours ouvrés à 10:00}"),
        ("48 heures ouvrées avant", "{heures avant: 48 heures ouvrées}"),
        ("48 h", "{heures avant: 48}"),
        ("avant le 20", "{chaque mois: avant le 20}"),
        ("jusqu’au 20", "{chaque mois: jusqu’au 20}"),
        ("le mercredi à 23:59", "{chaque semaine: mercredi 23:59}"),
        ("{jours avant: 3 semaines à 12:00}", "{jours avant: 21 jours à 12:00}"),
        ("{jours avant: 8 jours francs}", "{jours avant: 8 jours francs à 24:00}"),
    ],
)
def test_a_deadline_in_a_few_words(text, same):
    assert canteen(f"délais: {text}").deadlines == canteen(f"délais: {same}").deadlines


def test_clear_days_are_whole():
    rule = canteen("délais: 8 jours francs avant").deadlines[0]
    assert (rule.amount, rule.unit, rule.minute_of_day) == (8, DayUnit.CLEAR, 1440)


def test_a_deadline_that_is_none_says_what_is():
    (problem,) = check_text(HEAD.replace("PUBLIC", "officiels") + "    délais: bientôt\n").problems
    assert "« bientôt » n’est pas une limite" in str(problem)
    assert "chaque semaine, selon le jour, jours avant" not in str(problem)


def tariff(*lines: str, services: str = ""):
    return canteen(*lines, services=services).tariffs[0].version


def test_rows_are_rows_even_when_one_says_its_rate_otherwise():
    version = tariff(
        "tarif:", "  - {quotient: sans quotient, prix: 5}", "  - {taux: 0,2 % du quotient, plafond: 5}"
    )
    assert [row.ceiling_cents for row in version.rows] == [None, 500]
    assert not version.caps


def test_one_row_alone_may_have_a_floor_and_a_ceiling():
    version = tariff("tarif: {prix: 3,00, rang: 1 et plus, plancher: 1, plafond: 5}")
    assert (version.rows[0].floor_cents, version.rows[0].ceiling_cents) == (100, 500)


@pytest.mark.parametrize("step", ["0,05", "aux 5 centimes", "à 0,05 près", "à 5 centimes près"])
def test_a_rounding_may_be_a_step(step):
    assert tariff(f"tarif: {{grille: 4, arrondi: {step}}}").rounding_step_cents == 5


@pytest.mark.parametrize(
    ("said", "factor"),
    [
        ("plus 10 %", "1.1"),
        ("majoré de 20 %", "1.2"),
        ("+20%", "1.2"),
        ("moins 50 %", "0.5"),
        ("réduit de 25 %", "0.75"),
        ("double", "2"),
        ("moitié prix", "0.5"),
    ],
)
def test_a_situation_in_percent(said, factor):
    rule = tariff("tarif: 4", f"situations: {{sans réservation: {said}}}").situations[0]
    assert rule.effect is SituationEffect.TIMES
    assert str(rule.factor.normalize()) == factor


def test_a_late_departure_by_the_quarter_hour():
    rule = tariff("tarif: 4", "situations: {retard: 5,00 par quart d’heure}").situations[0]
    assert (rule.amount_cents, rule.slice_minutes) == (500, 15)


@pytest.mark.parametrize("said", ["majoration: 25 %", "plus: 25 %", "multiplié par: 1.25"])
def test_a_modifier_in_percent(said):
    (modifier,) = tariff("tarif: 4", f"majorations: {{habitants: non, {said}}}").modifiers
    assert str(modifier.factor) == "1.25"


def test_what_a_service_says_completes_the_tariffs_of_its_activities():
    caps = "{Midi: {plafonds: {par: famille, période: mois, montant: 90}}}"
    assert [cap.max_cents for cap in tariff("service: Midi", "tarif: 4", services=caps).caps] == [9000]


def days_of(place: Place, *lines: str) -> list[int]:
    calendar = read(*lines).calendar
    return [day.isoweekday() for day in calendar.service_days(date(2026, 11, 30), date(2026, 12, 6), place)]


def test_an_activity_for_some_levels_does_not_run_for_the_others():
    lines = ("jours: lundi, jeudi", "niveaux: élémentaire")
    assert days_of(Place(1, 1, None, Level.CE2), *lines) == [1, 4]
    assert days_of(Place(1, 1, None, Level.GS), *lines) == []
    assert days_of(Place(1), *lines) == [1, 4]  # nobody's level: the days when it may run


def test_an_activity_for_a_school_follows_the_school_days():
    assert days_of(Place(1, 2), "école: Hameau") == [1, 2, 4, 5]
    assert days_of(Place(1, 1), "école: Hameau") == []


def test_the_reason_is_said():
    calendar = read("niveaux: maternelle").calendar
    assert (
        calendar.closed_because(date(2026, 12, 1), Place(1, 1, None, Level.CP))
        == "Pas pour cette école ou ce niveau"
    )


def test_the_public_holidays_of_a_place():
    good_friday, here = date(2027, 3, 26), Place(1)
    assert read().calendar.is_service_day(good_friday, here)
    assert not read(public="Alsace-Moselle").calendar.is_service_day(good_friday, here)


def test_a_unit_of_minutes_is_said_by_the_price():
    (problem,) = check_text(HEAD.replace("PUBLIC", "officiels") + "    unité: quart d’heure\n").problems
    assert "« 0,50 par quart d’heure »" in str(problem)


@pytest.mark.parametrize(
    ("line", "home"),
    [
        ("tarif: {grille: 4, tolérance: 5 minutes}", "une ligne de grille"),
        ("arrondi: inférieur", "un tarif"),
        ("carence: 1 jour", "une règle d’absence"),
        ("semaines avant: 2", "une règle de délai"),
    ],
)
def test_a_key_of_elsewhere_says_where_it_goes(line, home):
    (problem,) = check_text(HEAD.replace("PUBLIC", "officiels") + f"    {line}\n").problems
    assert f"elle va dans {home}" in str(problem)


def test_a_row_may_say_for_whom_in_a_few_words():
    version = tariff(
        "tarif:",
        "  - {pour: extérieur, prix: 5,00}",
        "  - {pour qui: maternelle, prix: 3,10}",
        "  - {qui: tous, prix: 3,40}",
    )
    assert [row.amount_cents for row in version.rows] == [500, 310, 340]
    assert version.rows[0].resident is False
    assert version.rows[1].levels == {Level.TPS, Level.PS, Level.MS, Level.GS}


@pytest.mark.parametrize("said", ["0,50 €/quart d’heure", "0,50 le quart d’heure", "0,50 par quart d’heure"])
def test_a_price_by_the_quarter_hour(said):
    (row,) = tariff(f"tarif: {said}").rows
    assert (row.amount_cents, row.slice_minutes) == (50, 15)


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("60 € par mois et par famille", "{montant: 60, période: mois, par: famille}"),
        ("60 par famille et par mois", "{montant: 60, période: mois, par: famille}"),
        ("5,50 par jour", "{montant: 5.50, période: jour}"),
    ],
)
def test_a_cap_in_a_few_words(said, same):
    assert tariff("tarif: 4", f"plafond: {said}").caps == tariff("tarif: 4", f"plafond: {same}").caps


def test_a_fine_from_the_third_time():
    rule = tariff("tarif: 4", "situations: {retard: 5 € par quart d’heure dès la 3e fois}").situations[0]
    assert (rule.amount_cents, rule.slice_minutes, rule.from_nth) == (500, 15, 3)


def test_a_proof_and_its_delay_in_a_few_words():
    same = canteen("absences: {justificatifs: certificat médical, délai: 48 h}").absences
    assert canteen("absences: certificat médical sous 48 h").absences == same


def test_what_is_expected_may_be_a_price():
    text = (
        HEAD.replace("PUBLIC", "officiels") + "    tarif: {QF < 600: 1 €, QF ≥ 600: 2,85 €, sans QF: 3 €}\n"
    )
    checked = check_text(text + "exemples:\n  - {QF: 700, attendu: 2,85}\n")
    assert not checked.problems
    assert [outcome.passed for outcome in run(checked)] == [True]


@pytest.mark.parametrize("said", ["CP à CE2", "du CP au CE2", "CP, CE1 à CE2"])
def test_a_span_of_levels(said):
    activity = canteen("tarif:", f"  - {{niveaux: {said}, prix: 3.00}}", "  - {prix: 4.00}")
    [version] = activity.tariffs
    assert version.version.rows[0].levels == {Level.CP, Level.CE1, Level.CE2}


def test_a_span_of_levels_that_goes_back_is_refused():
    text = (
        HEAD.replace("PUBLIC", "officiels") + "    tarif: [{niveaux: CM2 à CP, prix: 3.00}, {prix: 4.00}]\n"
    )
    [problem] = check_text(text).problems
    assert "« CM2 à CP » va à rebours" in str(problem)
