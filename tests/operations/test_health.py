"""A child's health: sealed at rest, written whole, read by name; nothing of it in the history."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, health, requests
from operations.health import HealthFacts, Insurance
from operations.health_purge import purge
from rules.allergens import Allergen
from rules.documents import DocumentKind
from rules.health_vocabulary import Diet
from rules.instants import PARIS
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from tests import factories
from tests.queries import count_queries
from tests.vault import document

NOW = datetime(2026, 9, 10, 18, 30, tzinfo=PARIS)
TODAY = NOW.date()
SAID = HealthFacts(
    allergens=frozenset({Allergen.MILK, Allergen.PEANUTS}),
    allergy_details="Kiwi",
    diets=frozenset({Diet.NO_PORK}),
    care="Antihistaminique dans son cartable",
    doctor_name="Dr Roche",
    doctor_phone="04 77 00 00 00",
    has_pai=True,
    pai_until=date(2027, 7, 3),
)


@pytest.fixture
def family(app):
    return factories.family("Martin")


@pytest.fixture
def lea(family):
    return factories.child(family)


@pytest.fixture
def claire(family, lea):
    return factories.parent(family, lea, payer=True, email="claire@villars.example")


def save(child, guardian, facts=SAID, *, seen=None, now=NOW, **more):
    by = actors.parent(guardian.account)
    return health.save(child, facts, guardian=guardian, seen=seen, by=by, now=now, **more)


def test_what_a_parent_says_is_kept_sealed(lea, claire):
    row = save(lea, claire)
    db.session.commit()
    db.session.expire_all()
    assert health.facts_of(row) == health.facts_of(health.health_of(lea.id))
    assert row.allergens == SAID.allergens and row.diet_list == SAID.diets
    assert row.doctor_phone == "0477000000" and row.confirmed_by is claire
    stored = " ".join(str(value) for value in db.session.execute(sa.text("SELECT * FROM child_health")).one())
    for word in ("milk", "Kiwi", "no_pork", "Antihistaminique", "Roche", "0477000000"):
        assert word not in stored


def test_the_history_says_who_and_when_and_nothing_of_health(lea, claire):
    save(lea, claire)
    health.open_file(lea, by=actors.SYSTEM, now=NOW)
    db.session.flush()
    rows = list(db.session.scalars(sa.select(models.History).filter_by(subject="child")))
    assert [row.verb for row in rows] == ["Fiche santé modifiée", "Fiche santé consultée"]
    assert all(row.before is None and row.after is None and row.reason == "" for row in rows)
    assert {row.subject_name for row in rows} == {"Léa Martin"}
    assert db.session.scalars(sa.select(models.Outbox)).first() is None


def test_confirming_without_changing_is_said_so(lea, claire):
    row = save(lea, claire)
    later = NOW + timedelta(hours=1)
    save(lea, claire, health.facts_of(row), seen=row.confirmed_at, now=later)
    assert row.confirmed_at == later
    verbs = db.session.scalars(sa.select(models.History.verb).order_by(models.History.id.desc()))
    assert verbs.first() == "Fiche santé confirmée"


def test_what_the_other_parent_wrote_meanwhile_is_not_overwritten(lea, claire):
    row = save(lea, claire)
    shown = row.confirmed_at
    save(lea, claire, HealthFacts(allergy_details="Noix"), seen=shown, now=NOW + timedelta(minutes=1))
    with pytest.raises(Refused, match="modifiée pendant que vous"):
        save(lea, claire, HealthFacts(), seen=shown, now=NOW + timedelta(minutes=2))
    with pytest.raises(Refused, match="modifiée pendant que vous"):
        save(lea, claire, HealthFacts(), seen=None, now=NOW + timedelta(minutes=2))
    assert row.allergy_details == "Noix"


@pytest.mark.parametrize(
    ("facts", "sentence", "field"),
    [
        (HealthFacts(pai_until=TODAY), "suppose un PAI", "has_pai"),
        (HealthFacts(vaccines_on=TODAY + timedelta(days=1)), "après aujourd’hui", "vaccines_on"),
        (HealthFacts(doctor_phone="appelez-moi"), "n’est pas un numéro", "doctor_phone"),
        (HealthFacts(care="x" * 1001), "1000 caractères au plus", "care"),
        (HealthFacts(doctor_name="x" * 121), "120 caractères au plus", "doctor_name"),
    ],
)
def test_what_makes_no_sense_is_refused_on_its_field(lea, claire, facts, sentence, field):
    with pytest.raises(Refused, match=sentence) as refused:
        save(lea, claire, facts)
    assert refused.value.field == field
    assert health.health_of(lea.id) is None


def test_who_looks_after_the_children_knows_what_is_needed_in_one_query(family, lea, claire):
    tom, nina = (factories.child(family, name) for name in ("Tom", "Nina"))
    save(lea, claire)
    save(tom, claire, HealthFacts(diets=frozenset(Diet)))
    save(nina, claire, HealthFacts(doctor_name="Dr Roche"))
    db.session.flush()
    ids = [lea.id, tom.id, nina.id]
    with count_queries() as counted:
        care = health.care_of(ids, TODAY)
    assert len(counted) == 1
    assert set(care) == {lea.id, tom.id}, "a child with nothing to know is not on the list"
    assert care[lea.id].allergens == [Allergen.PEANUTS, Allergen.MILK]
    assert care[lea.id].has_pai and not care[lea.id].pai_is_old
    assert health.care_of(ids, date(2027, 7, 4))[lea.id].pai_is_old
    assert health.counts(care, ids) == [("Sans porc", 2), ("Sans viande", 1), ("Allergie", 1), ("PAI", 1)]
    assert health.allergies_of(ids) == {lea.id: SAID.allergens}
    assert health.diets_of(ids) == {lea.id: SAID.diets, tom.id: frozenset(Diet)}


def test_the_insurance_is_the_household_s_own(lea, claire):
    taken = Insurance(insurer="MAE", policy_number="A-12", insured_until=date(2027, 8, 31))
    row = save(lea, claire, insurance=taken)
    other = factories.family("Haddad")
    karim = factories.parent(other, lea, first_name="Karim", email="karim@villars.example")
    save(lea, karim, seen=row.confirmed_at, now=NOW + timedelta(hours=1))
    assert health.insurance_of(lea.id, claire.family_id) == taken
    assert health.insurance_of(lea.id, other.id) == Insurance()
    with pytest.raises(Refused, match="nom de la compagnie"):
        save(lea, karim, seen=row.confirmed_at, insurance=Insurance(policy_number="B-1"))
    assert [str(each) for each in health.insurances_of(lea.id)] == ["MAE A-12"]


def test_health_is_erased_once_the_year_is_over_or_the_child_gone(family, lea, claire):
    tom = factories.child(family, "Tom")
    save(lea, claire, insurance=Insurance(insurer="MAE"))
    save(tom, claire)
    tom.left_on = date(2026, 12, 18)
    last = db.session.scalars(sa.select(models.SchoolYear.last_day)).one()
    db.session.flush()

    def erased(day: date) -> int:
        return purge(now=datetime.combine(day, NOW.timetz()))

    assert erased(date(2026, 12, 18)) == 0
    assert erased(date(2026, 12, 19)) == 1 and health.health_of(tom.id) is None
    assert erased(last + timedelta(days=31)) == 0
    assert erased(last + timedelta(days=32)) == 1 and health.health_of(lea.id) is None
    db.session.flush()
    assert not health.insurances_of(lea.id)
    verbs = db.session.scalars(sa.select(models.History.verb).order_by(models.History.id.desc()).limit(2))
    assert list(verbs) == ["Fiche santé effacée"] * 2


def test_a_paper_that_a_demarche_waits_with_holds_back_its_child_alone(family, lea, claire):
    tom = factories.child(family, "Tom")
    pai = document(claire, tom, DocumentKind.PAI)
    save(tom, claire, documents=[pai])
    save(lea, claire)
    tom.left_on = lea.left_on = date(2026, 12, 18)
    by = actors.parent(claire.account)
    asked = {"title": "Le PAI de Tom"}
    request = requests.submit(RequestKind.FORM, claire, asked, documents=[pai], by=by, now=NOW)
    later = datetime.combine(date(2026, 12, 19), NOW.timetz())
    assert purge(now=later) == 1
    assert health.health_of(lea.id) is None and health.health_of(tom.id) is not None
    requests.withdraw(request, by=by, now=later)
    assert purge(now=later) == 1 and pai.removed_at == later
