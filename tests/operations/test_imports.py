"""The families of an old software: read as offices save them, line by line, twice without effect."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations.children import facts_of
from operations.import_files import read_table
from operations.imports import IMPORTER, import_families
from rules.import_reports import Outcome, Report
from rules.vocabulary import CustodyKind, Level, QuotientSource, Relation
from tests import factories
from tests.conftest import START
from tests.town import FIRST_DAY

MARTIN = {
    "numero_famille": "1042", "adresse": "3 rue des Acacias", "code_postal": "42390", "commune": "Villars",
    "resp1_civilite": "Mme", "resp1_nom": "Martin", "resp1_prenom": "Claire", "resp1_lien": "mère",
    "resp1_courriel": "Claire.Martin@villars.example", "resp1_portable": "06 39 98 00 01",
    "resp2_civilite": "M.", "resp2_nom": "Martin", "resp2_prenom": "Paul", "resp2_lien": "père",
    "enfant_nom": "Martin", "enfant_prenom": "Léa", "enfant_naissance": "04/05/2018",
    "ecole": "École Jules Ferry", "classe": "CP", "services": "Cantine, Garderie du matin",
    "quotient": "512,50", "quotient_effet": "01/01/2026", "quotient_recu": "12/01/2026",
    "quotient_origine": "CAF",
}  # fmt: skip


def line(**changes: str) -> dict[str, str]:
    return MARTIN | changes


def csv_of(*lines: dict[str, str], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    titles = list(dict.fromkeys(title for each in lines for title in each))
    rows = [titles, *([each.get(title, "") for title in titles] for each in lines)]
    quote = '"{}"'.format if delimiter == "," else str
    return "\r\n".join(delimiter.join(quote(cell) for cell in row) for row in rows).encode(encoding)


def run(*lines: dict[str, str]) -> Report:
    return import_families(read_table(csv_of(*lines)), by=IMPORTER, now=START)


def outcomes(report: Report) -> list[Outcome]:
    return [each.outcome for each in report.lines]


def counts() -> list[int]:
    return [
        db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    ]


def one(table: Any, **criteria: object) -> Any:
    return db.session.scalars(sa.select(table).filter_by(**criteria)).unique().one()


# -- a line becomes a family ---------------------------------------------------------------


def test_a_line_becomes_a_family_a_child_and_all_it_says(app):
    report = run(line())
    assert outcomes(report) == [Outcome.CREATED]
    family = one(models.Family, former_number="1042")
    assert (family.name, family.city) == ("Martin", "Villars")
    claire = one(models.Guardian, first_name="Claire")
    assert (claire.email, claire.mobile_phone, claire.is_payer) == (
        "claire.martin@villars.example",
        "0639980001",
        True,
    )
    lea = one(models.Child, first_name="Léa")
    assert lea.birth_date == date(2018, 5, 4)
    assert {(row.guardian.first_name, row.relation) for row in lea.guardianships} == {
        ("Claire", Relation.MOTHER),
        ("Paul", Relation.FATHER),
    }
    known = facts_of([lea.id])[lea.id]
    assert known.family_on(FIRST_DAY) == family.id
    assert known.schooling_on(FIRST_DAY).level is Level.CP
    assert {row.activity.slug for row in lea.enrolments} == {"cantine", "garderie-du-matin"}
    quotient = one(models.Quotient)
    assert (quotient.value, quotient.source, quotient.effective_on, quotient.received_on) == (
        Decimal("512.50"),
        QuotientSource.CAF,
        date(2026, 1, 1),
        date(2026, 1, 12),
    )
    assert (one(models.Residence).resident, one(models.Residence).reason) == (True, "Adresse dans la commune")


def test_brothers_and_sisters_share_their_family(app):
    report = run(
        line(),
        line(enfant_prenom="Hugo", enfant_naissance="2020-11-30", ecole="Maternelle des Lilas", classe="GS"),
    )
    assert outcomes(report) == [Outcome.CREATED, Outcome.CREATED]
    assert len(one(models.Family).guardians) == 2
    assert {child.first_name for child in db.session.scalars(sa.select(models.Child))} == {"Léa", "Hugo"}


def test_a_service_stands_for_its_activities(app):
    run(line(services="garderie municipale"))
    assert {row.activity.slug for row in one(models.Child).enrolments} == {
        "garderie-du-matin",
        "garderie-du-soir",
    }


def test_adults_without_a_child_are_a_family(app):
    report = run({key: value for key, value in MARTIN.items() if not key.startswith("enfant_")})
    assert outcomes(report) == [Outcome.CREATED]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Child)) == 0


def test_a_family_from_elsewhere_is_not_resident(app):
    run(line(commune="Saint-Priest-en-Jarez", code_postal="42270"))
    assert one(models.Residence).resident is False


def test_a_partner_who_is_not_responsible_sees_no_child(app):
    run(line(resp2_nom="Durand", resp2_lien="beau-père", resp2_responsable="non"))
    assert one(models.Guardian, last_name="Durand").guardianships == []


def test_the_payer_is_the_one_said_to_pay(app):
    run(line(resp2_payeur="oui"))
    assert [row.first_name for row in one(models.Family).guardians if row.is_payer] == ["Paul"]


# -- shared children -----------------------------------------------------------------------

SONIA = line(
    numero_famille="20", resp1_nom="Bernard", resp1_prenom="Sonia", resp1_courriel="sonia@villars.example",
    resp2_civilite="", resp2_nom="", resp2_prenom="", resp2_lien="",
    enfant_nom="Haddad", enfant_prenom="Inès", garde="semaines paires", garde_autre_famille="21",
)  # fmt: skip
KARIM = SONIA | {
    "numero_famille": "21", "resp1_civilite": "M.", "resp1_nom": "Haddad", "resp1_prenom": "Karim",
    "resp1_lien": "père", "resp1_courriel": "karim@villars.example",
    "garde": "semaines impaires", "garde_autre_famille": "20",
}  # fmt: skip


@pytest.mark.parametrize("lines", [(SONIA, KARIM), (KARIM, SONIA)])
def test_alternating_custody_comes_from_two_lines_in_any_order(app, lines):
    report = run(*lines)
    assert Outcome.REFUSED not in outcomes(report)
    custody = one(models.Custody)
    assert custody.kind is CustodyKind.PARITY
    assert (custody.family.name, custody.other_family.name) == ("Bernard", "Haddad")
    assert {row.guardian.first_name for row in one(models.Child).guardianships} == {"Sonia", "Karim"}


def test_a_fortnight_is_anchored_in_the_week_of_its_line(app):
    run(SONIA | {"garde": "une semaine sur deux", "garde_repere": "07/09/2026"}, KARIM)
    custody = one(models.Custody)
    assert (custody.kind, custody.anchor_day, custody.family.name) == (
        CustodyKind.FORTNIGHT,
        date(2026, 9, 7),
        "Bernard",
    )


def test_custody_may_begin_during_the_year(app):
    run(SONIA | {"garde_depuis": "02/11/2026"}, KARIM | {"garde_depuis": "02/11/2026"})
    rows = list(db.session.scalars(sa.select(models.Custody).order_by(models.Custody.first_day)))
    assert [(row.kind, row.first_day) for row in rows] == [
        (CustodyKind.SINGLE, FIRST_DAY),
        (CustodyKind.PARITY, date(2026, 11, 2)),
    ]


def test_a_parent_elsewhere_shares_the_child_whose_days_are_the_other_familys(app):
    run(SONIA | {"garde": "", "garde_autre_famille": ""}, KARIM | {"garde": "autre famille"})
    custody = one(models.Custody)
    assert (custody.kind, custody.family.name) == (CustodyKind.SINGLE, "Bernard")
    assert len(one(models.Child).guardianships) == 2


def test_a_child_of_another_family_is_not_taken_silently(app):
    report = run(
        SONIA | {"garde": "", "garde_autre_famille": "", "numero_enfant": "7"},
        KARIM | {"garde": "", "garde_autre_famille": "", "numero_enfant": "7"},
    )
    assert outcomes(report) == [Outcome.CREATED, Outcome.REFUSED]
    assert "est déjà un enfant de la famille Bernard : indiquez la garde" in report.lines[1].details[0]


# -- running again ---------------------------------------------------------------------------


def test_running_twice_changes_nothing(app):
    lines = (line(), SONIA, KARIM)
    run(*lines)
    before = counts()
    report = run(*lines)
    assert outcomes(report) == [Outcome.KNOWN] * 3
    assert counts() == before
    assert report.totals == "3 lignes : 0 créée, 0 complétée, 3 déjà connues, 0 refusée."


def test_only_what_was_missing_is_filled_and_the_rest_is_left(app):
    run(line(resp1_portable="", services="", quotient="", quotient_effet=""))
    report = run(line(resp1_courriel="autre@villars.example", adresse="1 place Neuve", classe="CE2"))
    assert outcomes(report) == [Outcome.MERGED]
    assert report.lines[0].details == (
        "portable de Claire Martin",
        "quotient",
        "inscription de Léa",
        "inscription de Léa",
    )
    assert report.lines[0].notes == ("adresse", "courriel de Claire Martin", "classe de Léa")
    claire = one(models.Guardian, first_name="Claire")
    assert (claire.email, claire.mobile_phone) == ("claire.martin@villars.example", "0639980001")


def test_a_family_of_the_portal_is_recognised_by_its_adults(app):
    known = factories.family("Martin", qf="512.50")
    factories.guardian(known, "Claire", email="claire.martin@villars.example", payer=True)
    report = run(line())
    assert outcomes(report) == [Outcome.CREATED]  # the child is new
    assert one(models.Family).former_number == "1042"
    assert "numéro 1042 donné à la famille Martin" in report.lines[0].details


def test_a_number_typed_wrong_does_not_mix_two_families(app):
    stranger = line(
        resp1_nom="Roux", resp1_prenom="Anne", resp1_courriel="anne@villars.example",
        resp2_nom="", resp2_prenom="", resp2_civilite="", resp2_lien="", enfant_nom="Roux",
    )  # fmt: skip
    report = run(line(), stranger)
    assert outcomes(report) == [Outcome.CREATED, Outcome.REFUSED]
    assert report.lines[1].column == "numero_famille"
    assert report.lines[1].details == (
        "Le numéro 1042 est celui de la famille de Claire Martin et Paul Martin, "
        "et aucun adulte de cette ligne n’en est.",
    )
    assert {row.first_name for row in one(models.Family).guardians} == {"Claire", "Paul"}


def test_accents_and_case_do_not_make_another_person(app):
    run(line())
    report = run(line(resp1_prenom="CLAIRE", enfant_prenom="LEA", resp1_nom="MARTIN"))
    assert outcomes(report) == [Outcome.KNOWN]


def test_twins_are_two_children(app):
    run(line(), line(enfant_prenom="Lou"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Child)) == 2


# -- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column", "sentence"),
    [
        (
            {"quotient": "5O2,30"},
            "quotient",
            "« 5O2,30 » n’est pas un quotient : des chiffres, par exemple 512,50.",
        ),
        (
            {"quotient": "-12"},
            "quotient",
            "« -12 » n’est pas un quotient : des chiffres, par exemple 512,50.",
        ),
        (
            {"quotient": "999999"},
            "quotient",
            "Un quotient est un nombre positif, avec deux décimales au plus.",
        ),
        ({"quotient_effet": ""}, "quotient_effet", "Indiquez depuis quand ce quotient vaut."),
        (
            {"enfant_naissance": "31/02/2018"},
            "enfant_naissance",
            "« 31/02/2018 » n’est pas une date. Exemple : 04/05/2018.",
        ),
        (
            {"enfant_naissance": "04/05/18"},
            "enfant_naissance",
            "« 04/05/18 » n’est pas une date. Exemple : 04/05/2018.",
        ),
        ({"enfant_naissance": ""}, "enfant_naissance", "La date de naissance de l’enfant manque."),
        (
            {"enfant_naissance": "04/05/2030"},
            "enfant_naissance",
            "La date de naissance de l’enfant ne peut pas être à venir.",
        ),
        (
            {"resp1_portable": "06 12"},
            "resp1_portable",
            "« 06 12 » n’est pas un numéro de téléphone. Exemple : 06 12 34 56 78.",
        ),
        ({"resp2_courriel": "paul"}, "resp2_courriel", "« paul » n’est pas une adresse de courriel."),
        (
            {"resp1_courriel": "c@villars.example", "resp2_courriel": "C@Villars.example"},
            "resp2_courriel",
            "L’adresse c@villars.example est déjà celle de Claire Martin : chaque parent a la sienne.",
        ),
        ({"code_postal": "4239"}, "code_postal", "Le code postal « 4239 » doit avoir cinq chiffres."),
        ({"adresse": "", "code_postal": "", "commune": ""}, "adresse", "L’adresse de la famille manque."),
        ({"numero_famille": ""}, "numero_famille", "Le numéro de famille manque."),
        ({"resp1_prenom": ""}, "resp1_prenom", "Le prénom de Martin manque."),
        ({"ecole": "École du Lac"}, "ecole", "L’école « École du Lac » n’existe pas."),
        ({"classe": "CM2"}, "classe", "La classe « CM2 » n’existe pas à « École Jules Ferry » en 2026-2027."),
        (
            {"niveau": "6e"},
            "niveau",
            "« 6e » n’est pas prévu ici : TPS, PS, MS, GS, CP, CE1, CE2, CM1, CM2, ULIS.",
        ),
        ({"services": "Piscine"}, "services", "Le service « Piscine » n’existe pas."),
        (
            {"garde": "semaines paires"},
            "garde_autre_famille",
            "La garde partagée va avec le numéro de l’autre famille.",
        ),
        (
            {"garde": "semaines paires", "garde_autre_famille": "77"},
            "garde_autre_famille",
            "La famille 77 n’existe ni ici ni dans ce fichier.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_column(app, changes, column, sentence):
    before = counts()
    report = run(line(**changes))
    said = report.lines[0]
    assert (said.number, said.outcome, said.column) == (2, Outcome.REFUSED, column)
    assert said.details == (sentence,)
    assert counts() == before
    assert said.sentence.startswith(f"Ligne 2, colonne « {column} » : refusée")


def test_a_refused_line_changes_nothing_else(app):
    good = line(
        numero_famille="7", resp1_courriel="anne@villars.example", resp1_prenom="Anne", enfant_prenom="Noé"
    )
    report = run(line(quotient="x"), good, line(classe="CM2"))
    assert outcomes(report) == [Outcome.REFUSED, Outcome.CREATED, Outcome.REFUSED]
    assert one(models.Family).former_number == "7"


def test_two_adults_of_two_families_never_share_an_email(app):
    report = run(line(), line(numero_famille="9", resp1_prenom="Anne", enfant_prenom="Zoé"))
    assert outcomes(report) == [Outcome.CREATED, Outcome.REFUSED]
    assert report.lines[1].sentence == (
        "Ligne 3, colonne « resp1_courriel » : refusée (Zoé Martin). L’adresse claire.martin@villars.example "
        "est déjà celle de Claire Martin : chaque parent a la sienne."
    )
