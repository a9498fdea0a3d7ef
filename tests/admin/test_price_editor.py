"""The price editor as an agent uses it, with the council's deliberation in hand and without script."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import models
from admin.price_form import CONDITIONS, METHOD, RowBlock
from extensions import db
from rules import tariff_grid
from rules.vocabulary import Formula, Level, PriceMethod, Role
from tests import factories
from tests.admin.agents import Agent, said
from tests.queries import count_queries

SIX = (
    ("400", "1,45"),
    ("622,50", "2,30"),
    ("799,50", "3,20"),
    ("1050", "4,05"),
    ("1400", "4,80"),
    ("", "5,45"),
)
NBSP = "\u00a0"


@pytest.fixture
def agent(app):
    return Agent(app, Role.EDUCATION)


def plain(answer: Any) -> str:
    return said(answer).replace(NBSP, " ")


def sent(*rows: dict[str, str], **others: str) -> dict[str, str]:
    """What the browser sends: the version, then its rows."""
    data = {"name": "Cantine 2027-2028", "first_day": "2027-09-01", "step": "1,00"} | others
    for index, row in enumerate(rows):
        values = {"whom": "tous", "method": "fixed", "basis": "quotient"} | row
        data |= {f"lignes-{index}-{name}": value for name, value in values.items()}
    return data


def deliberation() -> list[dict[str, str]]:
    """Six bands, hors commune 6,90 €, no quotient at the highest: nothing more is typed."""
    bands = [{"qf_to": bound, "amount_cents": price} for bound, price in SIX]
    return [{"whom": "hors-commune", "amount_cents": "6,90"}, *bands, {"whom": "sans-quotient"}]


def versions(slug: str = "cantine") -> list[models.TariffVersion]:
    query = sa.select(models.TariffVersion).filter_by(activity_id=factories.activity(slug).id)
    return list(db.session.scalars(query.order_by(models.TariffVersion.first_day)))


def cantine() -> str:
    return f"prix/editeur/?activite={factories.activity('cantine').id}"


def test_a_new_tariff_offers_what_a_deliberation_says(agent):
    page = agent.text(cantine())
    assert page.count('selected value="hors-commune"') == 1
    assert len(re.findall(r'name="lignes-\d+-amount_cents"', page)) == 9  # and the model of the script
    assert "Une seule borne suffit" in page


def test_six_bands_are_saved_with_what_was_understood(agent):
    answer = agent.post(cantine(), **sent(*deliberation()), enregistrer="1")
    assert answer.status_code == 303, plain(answer)
    (_, saved) = versions()
    assert [(r.label, r.qf_from, r.qf_to, r.amount_cents) for r in saved.rows] == [
        ("Hors commune", None, None, 690),
        ("Tranche 1", None, Decimal(400), 145),
        ("Tranche 2", Decimal(400), Decimal("622.50"), 230),
        ("Tranche 3", Decimal("622.50"), Decimal("799.50"), 320),
        ("Tranche 4", Decimal("799.50"), Decimal(1050), 405),
        ("Tranche 5", Decimal(1050), Decimal(1400), 480),
        ("Tranche 6", Decimal(1400), None, 545),
        ("Sans quotient", None, None, 545),
    ]
    last = db.session.scalars(sa.select(models.History).order_by(models.History.id.desc())).first()
    assert (last.verb, last.subject_name) == ("Création", "Cantine 2027-2028")
    assert any("6,90" in row for row in last.after["rows"])


def test_an_exception_typed_last_is_put_before_the_rule(agent):
    """Even where it would serve a little: the families without a quotient."""
    elsewhere, *bands, unknown = deliberation()
    answer = agent.post(cantine(), **sent(*bands, elsewhere, unknown), enregistrer="1")
    assert [row.label for row in versions()[-1].rows][:2] == ["Hors commune", "Tranche 1"]
    assert "sont passées avant les tranches" in agent.text(answer.location.removeprefix("/admin/"))


def test_a_copy_keeps_its_order_and_says_what_is_odd(agent):
    (current,) = versions()
    elsewhere, *bands, unknown = deliberation()
    answer = agent.post(f"prix/editeur/?copie={current.id}", **sent(*bands, elsewhere, unknown), voir="1")
    assert "Des exceptions viennent après la règle" in plain(answer)
    assert "« Hors commune » vient après « Tranche 1 »" in plain(answer)


@pytest.mark.parametrize(
    ("place", "change", "sentence"),
    [
        (3, {"qf_from": "700"}, "Aucune ligne ne couvre un quotient de 622,50 à moins de 700"),
        (3, {"qf_from": "600"}, "couvrent toutes les deux un quotient de 600 à moins de 622,50"),
        (2, {"qf_from": "401"}, "écrivez 401 dans « à moins de »"),
        (7, {"whom": "hors-commune-sans-quotient"}, "sans quotient connu"),
        (3, {"qf_to": "abc"}, "« abc » n’est pas un nombre"),
        (3, {"amount_cents": ""}, "Donnez le prix de cette ligne"),
        (3, {"amount_cents": "-1"}, "montant négatif"),
        (3, {"amount_cents": "999999999"}, "est un montant trop grand"),
        (3, {"rank_from": "abc"}, "À corriger"),
        (3, {"slot_from": "25:00"}, "n’est pas une heure"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named_and_what_was_typed_comes_back(agent, place, change, sentence):
    rows = deliberation()
    rows[place] = rows[place] | change
    answer = agent.post(cantine(), **sent(*rows), enregistrer="1")
    assert answer.status_code == 422
    assert sentence in plain(answer)
    for typed in ("2,30", "1050", *(value for name, value in change.items() if name != "whom")):
        assert f'value="{typed}"' in said(answer)
    assert len(versions()) == 1


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"name": " "}, "Donnez un nom"),
        ({"first_day": ""}, "Donnez le premier jour."),
        ({"first_day": "2026-09-01"}, "Un tarif commence déjà ce jour-là : « "),
        ({"last_day": "2027-08-31"}, "Le dernier jour ne peut pas précéder le premier."),
    ],
)
def test_wrong_days_and_names_are_refused_beside_their_field(agent, others, sentence):
    answer = agent.post(cantine(), **sent(*deliberation(), **others), enregistrer="1")
    assert answer.status_code == 422
    assert sentence in plain(answer)


def test_next_september_is_a_copy_that_nothing_saves_by_itself(agent):
    (current,) = versions()
    page = agent.text(f"prix/editeur/?copie={current.id}")
    assert 'value="2027-09-01"' in page
    assert f"Copie de « {current.name} »" in page
    rows = [*deliberation()[:6], {"amount_cents": "5,60"}, {"whom": "sans-quotient"}]
    assert agent.post(f"prix/editeur/?copie={current.id}", **sent(*rows), enregistrer="1").status_code == 303
    (before, after) = versions()
    assert [row.amount_cents for row in before.rows] == [row.amount_cents for row in current.rows]
    assert {row.id for row in before.rows}.isdisjoint(row.id for row in after.rows)
    assert [s.situation for s in after.situations] == [s.situation for s in before.situations]
    assert after.rows[-1].amount_cents == 560


def test_rows_keep_their_identity_and_what_the_editor_folds(agent):
    (current,) = versions()
    row = current.rows[1]
    row.levels = frozenset({Level.CP, Level.CE1})
    db.session.commit()
    page = agent.text(f"prix/editeur/?tarif={current.id}")
    assert "en CP et CE1" in page
    data = fields_of(page) | {"name": current.name} | ({"is_example": "y"} if current.is_example else {})
    data["lignes-1-amount_cents"] = "1,50"
    data |= {"lignes-1-levels": ["cp", "ce1"]}
    answer = agent.post(f"prix/editeur/?tarif={current.id}", **data, enregistrer="1")
    assert answer.status_code == 422  # the other levels of that band have lost their row
    assert "dont l’enfant est en" in plain(answer)
    data["lignes-1-levels"] = []
    assert agent.post(f"prix/editeur/?tarif={current.id}", **data, enregistrer="1").status_code == 303
    (saved,) = versions()
    assert (saved.rows[1].id, saved.rows[1].amount_cents, saved.rows[1].levels) == (row.id, 150, None)
    last = db.session.scalars(sa.select(models.History).order_by(models.History.id.desc())).first()
    assert list(last.after) == ["rows"]


def fields_of(page: str) -> dict[str, Any]:
    """The fields of the grid as the page shows them."""
    grid = page.split('id="ligne-modele"')[0]
    found: dict[str, Any] = dict(re.findall(r'<input[^>]*?name="(lignes-[\w-]+)"[^>]*?value="([^"]*)"', grid))
    boxes = re.findall(r'type="checkbox" name="(lignes-[\w-]+)"', grid) + re.findall(
        r'name="(lignes-[\w-]+)" type="checkbox"', grid
    )
    found = {name: value for name, value in found.items() if name not in boxes}
    for name, options in re.findall(r'<select[^>]*name="(lignes-[\w-]+)"[^>]*>(.*?)</select>', grid, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return found | {"name": "Cantine", "first_day": "2026-09-01", "step": "1"}


def test_a_tariff_shown_then_sent_unchanged_changes_nothing(agent):
    (current,) = versions()
    for number, row in enumerate(current.rows, start=1):
        row.position = number
    db.session.commit()
    before = [(r.id, r.position, r.label, r.qf_from, r.qf_to, r.amount_cents) for r in current.rows]
    data = fields_of(agent.text(f"prix/editeur/?tarif={current.id}")) | {"name": current.name}
    data |= {"deliberation": current.deliberation} | ({"is_example": "y"} if current.is_example else {})
    count = db.session.scalar(sa.select(sa.func.count()).select_from(models.History))
    assert agent.post(f"prix/editeur/?tarif={current.id}", **data, enregistrer="1").status_code == 303
    (after,) = versions()
    assert before == [(r.id, r.position, r.label, r.qf_from, r.qf_to, r.amount_cents) for r in after.rows]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.History)) == count


def test_rows_are_added_removed_moved_and_pasted_without_script(agent):
    rows = deliberation()
    page = said(agent.post(cantine(), **sent(*rows), ajouter="1"))
    assert 'name="lignes-10-amount_cents"' in page
    page = said(agent.post(cantine(), **sent(*rows), retirer="1"))
    assert 'value="1,45"' not in page and 'value="2,30"' in page
    page = said(agent.post(cantine(), **sent(*rows), monter="2"))
    assert page.index('value="2,30"') < page.index('value="1,45"')
    rows[-1] = {"whom": "sans-quotient", "amount_cents": "5,44"}
    page = said(agent.post(cantine(), **sent(*rows), colle="A;0;500;1,00\nB;500;;2,00", lire="1"))
    assert 'value="2,00"' in page and 'value="4,05"' not in page
    assert "6,90" in page, "what the pasted table does not say is kept"
    assert 'value="5,44"' not in page, "but for those without quotient, who follow its dearest band"
    page = said(agent.post(cantine(), **sent(*rows), colle="bonjour", lire="1"))
    assert "Aucun prix lisible" in page and "bonjour</textarea>" in page, "what was pasted comes back"
    assert len(versions()) == 1


def test_a_pasted_table_is_read_before_anything_is_saved(agent):
    page = said(
        agent.post(cantine(), **sent(*deliberation()), colle="A;0;500;1,00\nB;500;;2,00", enregistrer="1")
    )
    assert "Tableau lu : vérifiez les lignes, rien n’est encore enregistré." in page
    assert 'value="2,00"' in page and "</textarea>" in page and "A;0;500" not in page
    assert len(versions()) == 1


# -- what it gives ------------------------------------------------------------------------------


def town() -> None:
    """Three families: 622,50, no quotient, hors commune."""
    for name, qf, resident in (("Martin", "622.50", True), ("Durand", None, True), ("Petit", "300", False)):
        family = factories.family(name, qf=qf, resident=resident)
        factories.child(family, "Léa")


def test_who_would_pay_what_and_who_would_match_nothing(agent):
    town()
    answer = plain(agent.post(cantine(), **sent(*deliberation()), voir="1"))
    effect = answer[answer.index("Qui paierait quoi") :]
    for row in ("Hors commune</th><td class=\"number\">1</td><td class=\"number\">6,90 €",
                "Tranche 3</th><td class=\"number\">1</td><td class=\"number\">3,20 €",
                "Sans quotient</th><td class=\"number\">1</td><td class=\"number\">5,45 €"):  # fmt: skip
        assert row in effect
    assert "3 enfants inscrits" in effect
    rows = deliberation()[1:7]
    answer = plain(agent.post(cantine(), **sent(*rows), voir="1"))
    assert "1 enfant inscrit n’aurait aucun prix" in answer
    assert "Léa Durand" in answer
    assert "Ce tarif ne peut pas être enregistré ainsi" in answer


def test_what_is_left_to_do_stands_beside_the_buttons(agent):
    town()
    for rows, state in (
        (deliberation(), "Chaque famille a un prix"),
        (deliberation()[1:7], "1 point à corriger"),
    ):
        answer = plain(agent.post(cantine(), **sent(*rows), voir="1"))
        assert f"data-state-shown>{state}</p>" in answer


def test_a_tariff_of_the_far_future_is_copied_all_the_same(agent):
    (current,) = versions()
    current.first_day = date(9999, 1, 1)
    db.session.commit()
    assert "2099-09-01" in agent.text(f"prix/editeur/?copie={current.id}")


def test_a_cliff_is_told_from_the_step_asked(agent):
    answer = plain(agent.post(cantine(), **sent(*deliberation()), voir="1"))
    assert "marche" not in answer.split('id="apercu"')[1]
    answer = plain(agent.post(cantine(), **sent(*deliberation(), step="0,80"), voir="1"))
    assert "3 marches de plus de 0,80 €" in answer
    assert "à 622,50 : de 2,30 € à 3,20 € (+0,90 €)" in answer


def test_the_curve_has_one_line_for_each_kind_of_families(agent):
    answer = agent.post("prix/apercu/?activite=" + cantine().split("=")[1], **sent(*deliberation()))
    assert answer.status_code == 200
    assert "<html" not in answer.text and "style=" not in answer.text
    assert answer.text.count('class="curve-line curve-0"') == 2
    assert re.search(r"</svg> Hors commune</li>", plain(answer))


def test_queries_stay_the_same_whatever_the_number_of_children(agent):
    town()
    path, data = cantine(), sent(*deliberation())
    agent.post(path, **data, voir="1")
    with count_queries() as few:
        agent.post(path, **data, voir="1")
    for _ in range(5):
        town()
    db.session.commit()
    agent.post(path, **data, voir="1")
    with count_queries() as many:
        agent.post(path, **data, voir="1")
    assert len(many) == len(few)


# -- who, and what addresses ---------------------------------------------------------------------


def test_readers_read_and_change_nothing(app):
    reader = Agent(app, Role.READER)
    (current,) = versions()
    assert "Enregistrer" not in reader.text(f"prix/editeur/?tarif={current.id}").split("</nav>")[1]
    assert reader.post(cantine(), **sent(*deliberation()), enregistrer="1").status_code == 403
    assert len(versions()) == 1


@pytest.mark.parametrize(
    "query", ["", "?tarif=0", "?tarif=99999", "?tarif=abc", "?copie=99999999999", "?service=999"]
)
def test_absurd_addresses_do_not_exist(agent, query):
    assert agent.get(f"prix/editeur/{query}").status_code == 404


def test_the_list_says_what_is_in_force_and_offers_a_first_tariff(agent):
    page = agent.text("prix/")
    assert "En vigueur" in page
    assert "Préparer la rentrée 2027" in page
    (current,) = versions()
    agent.post(f"prix/editeur/?copie={current.id}", **sent(*deliberation()), enregistrer="1")
    page = agent.text("prix/")
    assert "À venir" in page
    assert "Préparer la rentrée 2028" in page


def test_a_service_has_its_own_tariff(agent):
    service = factories.activity("cantine").service_id
    data = sent({"amount_cents": "2", "formula": Formula.MEAL.value}, {"amount_cents": "1"})
    assert agent.post(f"prix/editeur/?service={service}", **data, enregistrer="1").status_code == 303
    found = db.session.scalars(sa.select(models.TariffVersion).filter_by(service_id=service)).one()
    assert [row.formula for row in found.rows] == [Formula.MEAL, None]
    assert found.first_day == date(2027, 9, 1)


def test_a_rate_without_a_price_is_an_effort_rate(agent):
    data = sent(
        {"rate": "0,65", "floor_cents": "1", "ceiling_cents": "5"},
        {"whom": "sans-quotient", "amount_cents": "5"},
    )
    assert agent.post(cantine(), **data, enregistrer="1").status_code == 303
    rate, unknown = versions()[-1].rows
    assert (rate.method, rate.rate, rate.floor_cents, rate.ceiling_cents) == (
        PriceMethod.RATE, Decimal("0.65"), 100, 500,
    )  # fmt: skip
    assert unknown.amount_cents == 500


def test_an_activity_without_prices_says_whose_prices_it_has(agent):
    study = factories.activity("etude")
    for version in versions("etude"):
        db.session.delete(version)
    db.session.commit()
    assert "Aucun prix pour l’instant" in agent.text("prix/")
    page = agent.text(f"prix/editeur/?activite={study.id}")
    assert 'value="2026-09-01"' in page, "a first tariff starts with the school year"
    service = models.TariffVersion(service_id=study.service_id, name="Service", first_day=date(2026, 9, 1))
    db.session.add(service)
    db.session.commit()
    assert "Les prix de tout le service" in agent.text("prix/")


def test_a_prepared_tariff_may_be_thrown_away_never_one_that_served(agent):
    (current,) = versions()
    agent.post(f"prix/editeur/?copie={current.id}", **sent(*deliberation()), enregistrer="1")
    (_, prepared) = versions()
    assert agent.delete("tarifs", current.id).status_code == 403
    assert agent.delete("tarifs", prepared.id).status_code == 302
    assert [each.id for each in versions()] == [current.id]


def test_the_form_shows_all_that_a_row_may_ask():
    from dataclasses import fields

    shown = {"id", "position", "resident", "no_quotient", *CONDITIONS, *METHOD}
    shown |= {name for name in ("label", "qf_from", "qf_to", "amount_cents") if hasattr(RowBlock, name)}
    assert {field.name for field in fields(tariff_grid.TariffRow)} == shown


def test_a_day_that_is_none_of_the_week_is_refused(agent):
    rows = deliberation()
    rows[3] = rows[3] | {"weekdays": "9"}
    answer = agent.post(cantine(), **sent(*rows), enregistrer="1")
    assert answer.status_code == 422
    assert "Choisissez des jours de la liste." in plain(answer)
