"""Tariffs refuse what makes no sense; invoices are read; payments are reversed, never edited."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import billing
from operations.actors import SYSTEM
from operations.configuration import configuration
from rules.vocabulary import Level, Role
from tests import factories
from tests.admin.agents import Agent, said
from tests.conftest import PARIS

NOVEMBER = datetime(2026, 11, 2, 9, 0, tzinfo=PARIS)


@pytest.fixture
def agent(app):
    return Agent(app)


def tariff(slug: str = "cantine") -> models.TariffVersion:
    query = sa.select(models.TariffVersion).filter_by(activity_id=factories.activity(slug).id)
    return db.session.scalars(query).one()


def form_of(version: models.TariffVersion) -> dict[str, str]:
    """What the browser would send back, unchanged."""
    data = {
        "activity": version.activity_id, "name": version.name, "first_day": version.first_day.isoformat(),
        "rounding": "half_up", "rounding_step_cents": "0,01", "quotient_rounding": "none",
        "count_in": "household", "eldest_first": "y",
    }  # fmt: skip
    for i, row in enumerate(sorted(version.rows, key=lambda r: r.position)):
        values = {
            "id": row.id, "position": row.position, "label": row.label, "method": row.method.value,
            "qf_from": row.qf_from, "qf_to": row.qf_to, "amount_cents": f"{row.amount_cents / 100:.2f}",
            "resident": {True: "oui", False: "non", None: ""}[row.resident],
            "basis": row.basis.value, "tolerance_minutes": row.tolerance_minutes,
        } | ({"no_quotient": "y"} if row.no_quotient else {})  # fmt: skip
        data |= {f"rows-{i}-{name}": "" if value is None else str(value) for name, value in values.items()}
    for i, rule in enumerate(version.situations):
        values = {"id": rule.id, "situation": rule.situation.value, "effect": rule.effect.value,
                  "amount_cents": f"{rule.amount_cents / 100:.2f}", "factor": str(rule.factor),
                  "from_nth": rule.from_nth, "counted_per": rule.counted_per.value,
                  "tolerance_minutes": rule.tolerance_minutes,
                  "slice_minutes": rule.slice_minutes}  # fmt: skip
        data |= {f"situations-{i}-{name}": str(value) for name, value in values.items()}
    return data


def test_a_price_changes_and_the_history_tells_the_row(agent):
    version = tariff()
    data = form_of(version) | {"rows-1-amount_cents": "1,65"}
    answer = agent.post(f"tarifs/modifier/?id={version.id}", **data)
    assert answer.status_code == 302, said(answer)
    assert sorted(tariff().rows, key=lambda r: r.position)[1].amount_cents == 165
    last = db.session.scalars(sa.select(models.History).order_by(models.History.id.desc())).first()
    assert any("1,65" in row for row in last.after["rows"])
    assert len(tariff().situations) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rows-2-qf_from": "450"}, "Aucune ligne ne couvre un quotient de 400 à moins de 450"),
        ({"rows-2-qf_from": "350"}, "couvrent toutes les deux"),
        ({"del-rows-6": "1"}, "familles domiciliées dans la commune sans quotient connu"),
        ({"rows-1-amount_cents": "abc"}, "n’est pas un montant"),
    ],
)  # fmt: skip
def test_a_senseless_tariff_is_refused_naming_the_culprit(agent, change, sentence):
    version = tariff()
    answer = agent.post(f"tarifs/modifier/?id={version.id}", **form_of(version) | change)
    assert answer.status_code == 422
    assert sentence in said(answer).replace("\u00a0", " ")
    assert len(tariff().rows) == 7


def test_rows_change_places_and_a_removed_place_is_taken_at_once(agent):
    version = tariff("etude")
    data = form_of(version) | {"rows-0-position": "2", "rows-0-resident": ""}
    data |= {"rows-1-id": "", "rows-1-position": "1", "rows-1-label": "Hors commune",
             "rows-1-method": "fixed", "rows-1-amount_cents": "3,00", "rows-1-resident": "non",
             "rows-1-basis": "quotient", "rows-1-tolerance_minutes": "0"}  # fmt: skip
    assert agent.post(f"tarifs/modifier/?id={version.id}", **data).status_code == 302
    assert [(r.position, r.label) for r in tariff("etude").rows] == [(1, "Hors commune"), (2, "Pour tous")]
    again = form_of(tariff("etude"))
    again |= {"rows-0-position": "2", "rows-1-position": "1"}
    assert "ne sert jamais" in said(agent.post(f"tarifs/modifier/?id={version.id}", **again))


def test_reductions_caps_and_conditions_are_typed_in_the_same_form(agent):
    version = tariff("etude")
    data = form_of(version) | {
        "modifiers-0-position": "1", "modifiers-0-label": "Fratrie", "modifiers-0-effect": "times",
        "modifiers-0-amount_cents": "0", "modifiers-0-factor": "0,8", "modifiers-0-rank_from": "2",
        "caps-0-label": "Par mois", "caps-0-period": "month", "caps-0-per_whom": "child",
        "caps-0-max_cents": "60", "caps-0-levels": ["cp", "ce1"],
        "rows-0-slot_from": "", "rows-0-rate": "",
    }  # fmt: skip
    answer = agent.post(f"tarifs/modifier/?id={version.id}", **data)
    assert answer.status_code == 302, said(answer)
    saved = tariff("etude")
    assert [(m.label, m.factor, m.rank_from) for m in saved.modifiers] == [("Fratrie", Decimal("0.8"), 2)]
    assert [(c.max_cents, c.levels) for c in saved.caps] == [(6000, {Level.CP, Level.CE1})]
    last = db.session.scalars(sa.select(models.History).order_by(models.History.id.desc())).first()
    assert last.after["modifiers"] == ["Fratrie (à partir du 2e enfant) : moins 20\u00a0%"]
    page = agent.text(f"tarifs/detail/?id={version.id}").replace("\u00a0", " ")
    assert "pas plus de 60,00 € par mois et par enfant" in page
    assert "/admin/prix/editeur/?tarif=" in page


def test_a_tariff_is_of_an_activity_or_of_a_service_never_both(agent):
    version = tariff("etude")
    data = form_of(version) | {"service": version.activity.service_id}
    answer = agent.post(f"tarifs/modifier/?id={version.id}", **data)
    assert answer.status_code == 422
    assert "Un tarif est celui d’une activité ou celui d’un service" in said(answer)
    answer = agent.post(f"tarifs/modifier/?id={version.id}", **form_of(version) | {"activity": ""})
    assert answer.status_code == 422


def test_a_yearly_fee_is_kept_and_said(agent):
    data = {"name": "Adhésion", "amount_cents": "15", "per_whom": "family", "occasion": "first_bill",
            "first_day": "2026-09-01"}  # fmt: skip
    assert agent.post("droits/nouveau/", **data | {"amount_cents": "-1"}).status_code == 422
    assert agent.post("droits/nouveau/", **data).status_code == 302
    assert "15,00 € par famille" in agent.text("droits/").replace("\u00a0", " ")
    ranked = data | {"name": "Dossier", "rank_from": "2", "family_max_cents": "25"}
    answer = agent.post("droits/nouveau/", **ranked)
    assert answer.status_code == 422
    assert "Un rang ou un maximum par famille se dit d’un droit dû par enfant." in said(answer)
    assert agent.post("droits/nouveau/", **ranked | {"per_whom": "child"}).status_code == 302
    listed = agent.text("droits/").replace("\u00a0", " ")
    assert "15,00 € par enfant (à partir du 2e enfant), 25,00 € au plus par famille" in listed


def test_the_commune_says_when_a_quotient_counts(app):
    admin = Agent(app)
    page = admin.text("commune/modifier/?id=1")
    data = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', page))
    data |= {"quotient_start": "reference", "zone": "A"}
    answer = admin.post("commune/modifier/?id=1", **data)
    assert answer.status_code == 422
    assert "Pour une date de référence, donnez le jour et le mois." in said(answer)
    data |= {"quotient_reference_day": "1", "quotient_reference_month": "1"}
    assert admin.post("commune/modifier/?id=1", **data).status_code == 302
    db.session.expire_all()
    assert configuration().quotient_policy.reference == (1, 1)


def test_a_deadline_says_itself_and_refuses_nonsense_on_its_field(agent):
    assert "Jusqu’au mercredi 23 h 59 pour la semaine suivante" in agent.text("dates-limites/")
    page = agent.text("dates-limites/nouveau/")
    assert "Nombre de jours avant" in page
    data = {"activity": factories.activity("etude").id, "kind": "days_before", "first_day": "2027-01-01",
            "when_late": "refuse", "position": "0", "minute_of_day": "10:00"}  # fmt: skip
    answer = agent.post("dates-limites/nouveau/", **data)
    assert answer.status_code == 422
    assert 'id="amount-erreur"' in answer.text
    assert (
        agent.post("dates-limites/nouveau/", **data | {"amount": "2", "unit": "working"}).status_code == 302
    )
    assert "Jusqu’à 2 jours ouvrés avant, à 10 h" in agent.text("dates-limites/")


# -- the month -------------------------------------------------------------------------------


@pytest.fixture
def invoice(app):
    """An issued invoice of September for one family."""
    family = factories.family("Martin", qf="622.50")
    child = factories.child(family, "Léa")
    factories.parent(family, child, payer=True, email="claire@villars.example")
    for day in (1, 3, 4, 7, 8, 10):
        factories.booking(child, date(2026, 9, day))
    app.extensions["clock"].set(NOVEMBER)
    with app.test_request_context():
        billing.prepare_month(date(2026, 9, 1), by=SYSTEM, now=NOVEMBER)
        billing.issue_month(date(2026, 9, 1), NOVEMBER.date(), by=SYSTEM, now=NOVEMBER)
    db.session.commit()
    return db.session.scalars(sa.select(models.Invoice)).one()


def test_an_issued_invoice_is_read_with_its_reasons_and_nothing_more(agent, invoice):
    number = invoice.id
    page = agent.text(f"factures/detail/?id={number}")
    for expected in (
        "22,80",
        "les 1er, 3, 4, 7, 8 et 10 septembre",
        "Votre quotient familial est de 622,50",
        "À payer",
    ):
        assert expected in page.replace("\u00a0", " ")
    for path in (f"factures/modifier/?id={number}", "factures/supprimer/"):
        assert agent.post(path, id=number, total_cents="1", confirme="oui").status_code == 404


def test_a_payment_is_recorded_then_reversed_with_a_reason_never_edited(agent, invoice):
    data = {"invoice": invoice.id, "amount_cents": "12,50", "received_on": "2026-11-02", "method": "cheque"}
    too_much = agent.post("paiements/nouveau/", **data | {"amount_cents": "99"})
    assert too_much.status_code == 422
    assert 'id="amount_cents-erreur"' in too_much.text
    assert agent.post("paiements/nouveau/", **data).status_code == 302
    payment = db.session.scalars(sa.select(models.Payment)).one().id
    assert agent.post(f"paiements/modifier/?id={payment}", **data).status_code == 404
    asked = agent.post("paiements/annuler/", id=payment)
    assert 'name="raison"' in asked.text
    agent.post("paiements/annuler/", id=payment, confirme="oui", raison="Chèque rejeté")
    amounts = db.session.scalars(sa.select(models.Payment.amount_cents).order_by(models.Payment.id)).all()
    assert amounts == [1250, -1250]


def test_finance_alone_takes_money(app, invoice):
    assert Agent(app, Role.EDUCATION).get("paiements/nouveau/").status_code == 403
    assert Agent(app, Role.FINANCE).get("paiements/nouveau/").status_code == 200


def test_a_line_by_hand_has_a_reason_and_is_frozen_once_billed(agent, app):
    family = factories.family("Martin")
    data = {"family": family.id, "month": "2026-09", "kind": "credit", "label": "Geste",
            "amount_cents": "-5,00", "reason": ""}  # fmt: skip
    assert agent.post("lignes-manuelles/nouveau/", **data).status_code == 422
    assert agent.post("lignes-manuelles/nouveau/", **data | {"reason": "Panne"}).status_code == 302
    row = db.session.scalars(sa.select(models.Adjustment)).one()
    assert (row.amount_cents, row.month) == (-500, date(2026, 9, 1))
    assert agent.delete("lignes-manuelles", row.id).status_code == 302
    assert db.session.scalars(sa.select(models.Adjustment)).all() == []


def test_a_family_is_set_aside_with_a_reason_and_put_back(agent):
    family = factories.family("Martin")
    data = {"family": family.id, "month": "2026-09", "reason": "Litige"}
    assert agent.post("mises-de-cote/nouveau/", **data).status_code == 302
    assert "déjà mise de côté" in said(agent.post("mises-de-cote/nouveau/", **data))
    row = db.session.scalars(sa.select(models.Exclusion)).one()
    agent.delete("mises-de-cote", row.id)
    assert db.session.scalars(sa.select(models.Exclusion)).all() == []
