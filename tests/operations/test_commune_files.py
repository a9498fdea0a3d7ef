"""A commune's file: what is read, what is refused at which line, the examples, and writing it back."""

from __future__ import annotations

import importlib
import inspect
import re
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from operations import commune_files
from operations.commune_yaml import parse, write
from rules.absences import AbsencePolicy
from rules.capacity import Capacity
from rules.commune_file import read_reglement, tell
from rules.deadline_rules import DeadlineRule
from rules.fees import Fee
from rules.file_nodes import Entries, Items, Text
from rules.quotients import QuotientPolicy
from rules.refusals import Refused
from rules.school_calendar import Closure, Pattern
from rules.tariff_grid import Cap, Conditions, Modifier, SituationRule, TariffRow, TariffVersion
from rules.vocabulary import PerWhom

FILES = ROOT / "tests" / "rules"
NAMES = ("many_rules", "totals", "usual_rules", "mixed_rules")
TEXTS = [(FILES / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES]

START = """\
commune: Essai
calendrier: {zone: A, années scolaires: 2026-2027}
activités:
  Cantine:
"""


def problems(text: str) -> list[str]:
    return [str(problem) for problem in commune_files.check_text(text).problems]


def of_canteen(*lines: str) -> list[str]:
    return problems(START + "".join(f"    {line}\n" for line in lines))


def failures(text: str) -> list[str]:
    checked = commune_files.check_text(text)
    assert not checked.problems, checked.problems
    return [sentence for outcome in commune_files.run(checked) for sentence in outcome.differences]


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_the_examples_of_a_file_pass(text):
    assert failures(text) == []


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_what_is_written_reads_back_the_same(text):
    reglement, _ = read_reglement(parse(text))
    assert reglement is not None
    written = write(tell(reglement))
    again, wrong = read_reglement(parse(written))
    assert wrong == [] and again is not None
    assert write(tell(again)) == written
    assert again.fees == reglement.fees
    assert [again.tariffs_of(a) for a in again.activities] == [
        reglement.tariffs_of(a) for a in reglement.activities
    ]
    assert [a.deadlines for a in again.activities] == [a.deadlines for a in reglement.activities]
    assert [a.absences for a in again.activities] == [a.absences for a in reglement.activities]
    assert again.calendar_facts == reglement.calendar_facts


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("delai: {chaque semaine: mercredi}", "ligne 5, activités › Cantine › délais › chaque semaine : "),
        ("delaiss: sans réservation", "La clé « delaiss » n’existe pas ici : vouliez-vous dire « délais » ?"),
        ("délais: {jours avent: 2}", "vouliez-vous dire « jours avant » ?"),
        ("délais: {jours avant: 2}", "Donnez l’heure de la limite"),
        ("délais: {chaque semaine: mercredi 25:00}", "ne convient pas : on attend un jour et une heure"),
        ("délais: {chaque semaine: mercredi 9:00, la veille: 9:00}", "Deux genres de limite"),
        ("délais: {réserver: {la veille: 9:00}}", "« annuler: impossible » si cela ne se peut pas"),
        ("délais: {la veille: 9:00, mois avant: 2}", "ne va pas avec le genre"),
        ("tarif: {moins de 622: 1.00, 623 et plus ou sans quotient: 2.00}", "622,50"),
        ("tarif: {jusqu’à 622: 1.00, 622 et plus ou sans quotient: 2.00}", "couvrent toutes les deux"),
        ("tarif: {moins de 622: 1, 00}", "Entre { }, la virgule sépare deux clés"),
        ("tarif: -2,00", "« -2,00 » est un montant négatif"),
        ("tarif: {moins de 622a: 2.00}", "ne dit pas pour qui est ce prix"),
        ("tarif: {grile: 2.00}", "vouliez-vous dire « grille » ?"),
        ("unité: repass", "vouliez-vous dire « repas » ?"),
        ("début: 25 h", "« 25 h » ne convient pas : on attend une heure"),
        ("jours: mercreid", "mercreid"),
        ("absences: {délai: 15 lunes}", "« 15 lunes » ne convient pas"),
        ("places: beaucoup", "« beaucoup » ne convient pas : on attend un nombre entier"),
        ("ouverte: peut-être", "« peut-être » n’est pas prévu ici : on attend oui"),
    ],
)
def test_each_mistake_is_told_at_its_line(line, said):
    found = of_canteen(line)
    assert len(found) == 1, found
    assert found[0].startswith("ligne 5, activités › Cantine"), found
    assert said in found[0]


def test_the_examples_are_read_even_when_the_rules_are_wrong():
    found = of_canteen("tarrif: 3,20")
    assert len(found) == 1
    text = START + "    tarrif: 3,20\nexemples:\n  - {date: 2026-12-01, attendu: {prix: cher}}\n"
    assert [re.match(r"ligne (\d+), \w+", each)[0] for each in problems(text)] == [  # type: ignore[index]
        "ligne 5, activités",
        "ligne 7, exemples",
    ]


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("délais: le mercredi à 23h59", "délais: {chaque semaine: mercredi 23:59}"),
        ("tarif: {QF < 500: 1.00, QF 500 et plus: 2.00, sans QF: 3.00}",
         "tarif: {moins de 500: 1.00, 500 et plus: 2.00, sans quotient: 3.00}"),
        ("tarif: {inférieur à 500: 1.00, entre 500 et 800: 2.00, ≥ 800 ou sans quotient: 3.00}",
         "tarif: {moins de 500: 1.00, 500 à 800: 2.00, 800 et plus ou sans quotient: 3.00}"),
    ],
)  # fmt: skip
def test_usual_ways_to_say_it_are_understood(short, full):
    said = [check_reglement(START + f"    {line}\n").activities[0] for line in (short, full)]
    assert said[0].deadlines == said[1].deadlines
    rows = [[replace(row, label="") for t in each.tariffs for row in t.version.rows] for each in said]
    assert rows[0] == rows[1]


def check_reglement(text: str):
    checked = commune_files.check_text(text)
    assert checked.problems == (), [str(problem) for problem in checked.problems]
    return checked.reglement


def test_every_mistake_at_once_in_the_order_of_the_lines():
    found = of_canteen(
        "unité: repass", "délais: {la veille: 26:00}", "tarif: deux euros", "absence: {motif: x}"
    )
    assert [re.match(r"ligne (\d+)", each)[1] for each in found] == ["5", "6", "7", "8"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ligne 1 : Le fichier est vide."),
        ("commune: [", "ligne 1 : "),
        ("a: 1\n\tb: 2", "ligne 2 : Une tabulation n’est pas permise"),
        ("a: b: c", "ligne 1 : Il y a « : » dans une valeur"),
        ("commune: x\n---\ncommune: y", "un seul document"),
        ("commune: *rien", "L’alias (*…) n’a pas d’ancre"),
        ("- une liste", "On attend le fichier"),
        ("commune: Essai\nactivités: {A: {}}", "Il manque « calendrier »"),
        (
            "commune: E\nCommune: F\ncalendrier: {zone: A, années scolaires: 2026}\nactivités: {A: {}}",
            "est écrit deux fois",
        ),
        (
            "commune: E\ncalendrier: {zone: D, années scolaires: 2026}\nactivités: {A: {}}",
            "« D » n’existe pas",
        ),
        (
            "commune: E\ncalendrier: {zone: A, années scolaires: 2026}\nactivités: {Goûter: {}, gouter: {}}",
            "Le nom « gouter » est déjà pris",
        ),
        (
            "commune: E\ncalendrier: {zone: A, années scolaires: 2026}\nactivités: {'***': {}}",
            "n’a ni lettre ni chiffre",
        ),
        ("commune: E\ncalendrier: {zone: A}\nactivités: {A: {}}", "Donnez les années scolaires"),
        ("commune: E\ncalendrier: {zone: A, années scolaires: 2040}\nactivités: {A: {}}", "est connu du"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(text, said):
    found = problems(text)
    assert len(found) == 1, found
    assert said in found[0]


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(Refused, match="n’est pas du texte"):
        commune_files.check(b"\x00\x01")


def test_windows_text_is_read():
    text = START.replace("Essai", "Chênimenil") + "    tarif: 4,85\n"
    checked = commune_files.check(text.encode("cp1252"))
    assert checked.reglement is not None
    assert checked.reglement.settings == {"name": "Chênimenil"}


def test_anchors_are_shared_and_merged():
    text = START + "    délais: &v {la veille: 9:00}\n  Goûter:\n    délais: {<<: *v, inclus: oui}\n"
    reglement = commune_files.check_text(text).reglement
    assert reglement is not None
    assert [a.deadlines[0].inclusive for a in reglement.activities] == [False, True]


def test_a_bomb_of_anchors_is_refused():
    layers = "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 12))
    assert "trop imbriqué" in problems("b0: &b0 [x, x]\n" + layers)[0]


def test_a_failing_example_says_the_difference():
    text = (
        START
        + "    délais: {la veille: 9:00}\n    tarif: 4,85\nexemples:\n"
        + "  - {nom: cher, attendu: {prix: 5.00}}\n"
        + "  - {jour: 2026-12-01, attendu: {premier refus: 2026-11-30 10:00}}\n"
        + "  - {jour: 2026-12-02, attendu: {premier refus: 2026-11-30 10:00}}\n"
    )
    assert failures(text) == [
        "prix : attendu 5,00\u00a0€, obtenu 4,85\u00a0€.",
        "premier refus : attendu lundi 30 novembre 2026 à 10:00:00, "
        "obtenu lundi 30 novembre 2026 à 09:00:00.",
        "premier refus : le mercredi 2 décembre 2026 n’est pas un jour de service (Pas d’école le mercredi).",
    ]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
plain = st.recursive(
    words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8
)


def bare(node):
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Items):
        return [bare(each) for each in node.items]
    assert isinstance(node, Entries)
    return {key.text: bare(value) for key, value in node.pairs}


@given(st.dictionaries(words.filter(lambda key: key != "<<"), plain, min_size=1, max_size=4))
def test_any_table_of_texts_is_written_so_that_it_reads_back_the_same(table):
    assert bare(parse(write(table))) == table


MODULES = (
    "rules.commune_deadlines",
    "rules.commune_limits",
    "rules.commune_calendar",
    "rules.commune_conditions",
    "rules.commune_grid",
    "rules.commune_changes",
    "rules.commune_tariffs",
    "rules.commune_policies",
    "rules.commune_activities",
    "rules.commune_amounts",
)
ENGINE = (DeadlineRule, Pattern, Closure, Conditions, TariffRow, Modifier, Cap, SituationRule, TariffVersion)
GIVEN = {"id", "position", "activity_id", "service_id"}  # numbers of the database, places in a list


@pytest.mark.parametrize(
    "piece", [*ENGINE, AbsencePolicy, Capacity, Fee, QuotientPolicy], ids=lambda p: p.__name__
)
def test_the_file_can_say_every_setting_of_the_engines(piece):
    sources = "".join(inspect.getsource(importlib.import_module(name)) for name in MODULES)
    forgotten = [
        each.name
        for each in fields(piece)
        if each.name not in GIVEN
        and not re.search(rf"\b{each.name}\b|\b{each.name.rpartition('_')[0]}\b", sources)
    ]
    assert not forgotten, f"the file of a commune would lose {forgotten}"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            "    tarif: {grille: 3.00, prix plancher: 2.00, prix plafond: 1.50}\n",
            "plus bas que le prix plancher",
        ),
        ("frais: {nom: Adhésion, montant: 5.00, par: famille, rang: 1}\n", "se dit d’un frais dû par enfant"),
    ],
)
def test_bounds_and_ranks_that_contradict_are_told(wrong: str, said: str):
    [problem] = commune_files.check_text(START + wrong).problems
    assert said in str(problem)


def test_a_fee_with_a_rank_or_a_maximum_is_the_childs():
    fees = "[{nom: A, montant: 5.00, maximum par famille: 8.00}, {nom: B, montant: 5.00}]"
    text = f"{START}    tarif: 3.00\nfrais: {fees}\n"
    checked = commune_files.check_text(text)
    assert [fee.per_whom for fee in checked.reglement.fees] == [PerWhom.CHILD, PerWhom.FAMILY]


def test_a_name_that_holds_a_comma_or_an_and_is_one_name():
    text = """\
commune: Essai
calendrier: {zone: A, années scolaires: 2026-2027}
écoles: {"Pierre et Marie Curie": élémentaire, "Bourg, annexe": maternelle, Prés: maternelle}
activités:
  Matin et soir:
    tarif:
      - {écoles: "Pierre et Marie Curie, Prés", prix: 1.00}
      - {écoles: ["Bourg, annexe", Prés], prix: 2.00}
exemples:
  - {activité: Matin et soir, école: Pierre et Marie Curie, attendu: {prix: 1.00}}
  - {activité: Matin et soir, école: "Bourg, annexe", attendu: {prix: 2.00}}
"""
    assert failures(text) == []
    reglement, _ = read_reglement(parse(text))
    assert reglement is not None
    written = write(tell(reglement))
    again, wrong = read_reglement(parse(written))
    assert wrong == [] and again is not None
    assert write(tell(again)) == written


@pytest.mark.parametrize(
    ("band", "low", "high"),
    [("plus de 470 à 700 inclus", "470.01", "700.01"), ("plus de 470 à 700", "470.01", "700")],
)
def test_a_band_that_starts_after_its_lower_bound(band: str, low: str, high: str):
    text = f"jusqu’à 470: 1,00\n      {band}: 2,00\n      sans quotient: 3,00\n      700 et plus: 3,00"
    checked = commune_files.check_text(START + f"    tarif:\n      {text.replace('700 et', high + ' et')}\n")
    assert [str(each) for each in checked.problems] == []
    row = checked.reglement.activities[0].tariffs[0].version.rows[1]
    assert (str(row.qf_from), str(row.qf_to)) == (low, high)


@pytest.mark.parametrize("escaped", ["\\0", "\\ud800"])
def test_a_character_that_no_database_takes_is_told_at_its_line(escaped):
    assert problems(f'commune: "E{escaped}"\n') == [
        "ligne 1 : Un caractère de ce texte ne s’écrit pas : retirez-le."
    ]
