"""Families: one screen creates one; adults, payers, guardianships, custody, quotients."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import families
from operations.actors import SYSTEM, agent
from operations.children import facts_of
from operations.families import Adult, CustodyFacts, NewAdult, NewChild, NewFamily, QuotientFacts, Rights
from rules.addresses import PostalAddress
from rules.refusals import Refused
from rules.vocabulary import (
    BookingState,
    Change,
    Civility,
    CustodyKind,
    InvoiceKind,
    Level,
    QuotientSource,
    Relation,
)
from tests import factories
from tests.conftest import START
from tests.town import FIRST_DAY

HOME = PostalAddress("3 rue des Acacias", "42390", "Villars")


def adult(first_name: str = "Claire", last_name: str = "Martin", **options: object) -> Adult:
    return Adult(civility=Civility.MME, last_name=last_name, first_name=first_name, **options)  # type: ignore[arg-type]


def mother(**options: object) -> NewAdult:
    return NewAdult(who=adult(**options), is_payer=True, rights=Rights(relation=Relation.MOTHER))


def child(first_name: str = "Léa", **options: object) -> NewChild:
    return NewChild(last_name="Martin", first_name=first_name, birth_date=date(2018, 5, 4), **options)  # type: ignore[arg-type]


def facts(*adults: NewAdult, children: tuple[NewChild, ...] = (), **options: object) -> NewFamily:
    return NewFamily(address=HOME, adults=adults, children=children, first_day=FIRST_DAY, **options)  # type: ignore[arg-type]


def create(*adults: NewAdult, **options: object) -> models.Family:
    return families.new_family(facts(*adults, **options), by=SYSTEM, now=START)  # type: ignore[arg-type]


def quotient(value: str, since: date = FIRST_DAY) -> QuotientFacts:
    return QuotientFacts(
        value=Decimal(value), source=QuotientSource.CAF, effective_on=since, received_on=since
    )


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


# -- the new family ----------------------------------------------------------------------


def test_one_call_creates_all_that_a_family_is(app):
    canteen = factories.activity("cantine")
    class_ = factories.school_class("CP")
    father = NewAdult(who=adult("Paul"), rights=Rights(relation=Relation.FATHER, may_collect=False))
    lea = child(class_id=class_.id, level=Level.CP, activity_ids=[canteen.id])
    family = create(
        mother(email="Claire@Villars.Example", mobile_phone="+33 6 12 34 56 78"),
        father,
        children=(lea,),
        quotient=quotient("512.50"),
        resident=True,
        former_number="1042",
    )
    claire, paul = sorted(family.guardians, key=lambda each: each.first_name)
    assert (family.name, family.former_number) == ("Martin", "1042")
    assert (claire.email, claire.mobile_phone, claire.is_payer) == (
        "claire@villars.example",
        "0612345678",
        True,
    )
    assert [(each.relation, each.may_collect, each.call_order) for each in paul.guardianships] == [
        (Relation.FATHER, False, 2)
    ]
    row = claire.guardianships[0].child
    known = facts_of([row.id])[row.id]
    assert known.family_on(FIRST_DAY) == family.id
    assert known.schooling_on(FIRST_DAY).class_id == class_.id
    assert known.enrolled_on(FIRST_DAY, canteen.id)
    assert [each.value for each in family.quotients] == [Decimal("512.50")]
    assert [each.resident for each in family.residences] == [True]


def test_each_step_leaves_its_history(app):
    family = create(mother(), children=(child(),), quotient=quotient("512.50"))
    verbs = list(db.session.scalars(sa.select(models.History.verb).order_by(models.History.id)))
    assert verbs == [
        "Famille créée",
        "Adulte ajouté",
        "Enfant ajouté",
        "Garde enregistrée",
        "Responsabilité donnée",
        "Quotient enregistré",
    ]
    assert set(db.session.scalars(sa.select(models.History.family_id))) == {family.id}


def test_a_partner_without_guardianship_sees_no_child(app):
    partner = NewAdult(who=adult("Marc", "Durand"))
    family = create(mother(), partner, children=(child(),))
    marc = next(each for each in family.guardians if each.first_name == "Marc")
    assert marc.guardianships == []


def test_a_guardian_may_have_no_email(app):
    family = create(mother())
    assert family.guardians[0].email is None


@pytest.mark.parametrize(
    ("adults", "options", "sentence", "field"),
    [
        ((), {}, "Une famille a au moins un adulte.", "adults"),
        (
            (NewAdult(who=adult()),),
            {},
            "Une famille a un payeur, et un seul : désignez-le.",
            "is_payer",
        ),
        (
            (mother(), mother(first_name="Paul")),
            {},
            "Une famille a un payeur, et un seul : désignez-le.",
            "is_payer",
        ),
        (
            (mother(email="x@y.fr"), NewAdult(who=adult("Paul", email="X@y.fr"))),
            {},
            "L’adresse x@y.fr est déjà celle de Claire Martin : chaque parent a la sienne.",
            "email",
        ),
        (
            (mother(mobile_phone="06 12"),),
            {},
            "« 06 12 » n’est pas un numéro de téléphone. Exemple : 06 12 34 56 78.",
            "mobile_phone",
        ),
        ((mother(first_name=" "),), {}, "Indiquez le prénom de l’adulte.", "first_name"),
        (
            (mother(),),
            {"children": (child(level=Level.CP),)},
            "La classe et le niveau de l’enfant vont ensemble.",
            "level",
        ),
        (
            (mother(),),
            {"children": (child(class_id=999, level=Level.CP),)},
            "Cette classe n’existe pas.",
            "class_id",
        ),
        (
            (mother(),),
            {"quotient": quotient("-1")},
            "Un quotient est un nombre positif, avec deux décimales au plus.",
            "value",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(app, adults, options, sentence, field):
    with pytest.raises(Refused) as refusal:
        create(*adults, **options)
    assert (refusal.value.sentence, refusal.value.field) == (sentence, field)
    db.session.flush()
    assert [count(table) for table in (models.Family, models.Guardian, models.Child, models.History)] == [
        0
    ] * 4


def test_an_email_belongs_to_one_adult_of_the_town(app):
    create(mother(email="paul@villars.example", first_name="Paul"))
    with pytest.raises(Refused, match="est déjà celle de Paul Martin : chaque parent a la sienne") as refusal:
        create(mother(email="PAUL@villars.example"))
    assert refusal.value.field == "email"


def test_a_former_number_is_given_once(app):
    create(mother(), former_number="12")
    with pytest.raises(Refused, match="La famille Martin a déjà l’ancien numéro 12"):
        create(mother(), former_number="12")


# -- adults ------------------------------------------------------------------------------


def test_the_payer_changes_and_is_alone(app):
    family = create(mother(), NewAdult(who=adult("Paul")))
    paul = next(each for each in family.guardians if each.first_name == "Paul")
    families.set_payer(family, paul, by=SYSTEM, now=START)
    assert [each.first_name for each in family.guardians if each.is_payer] == ["Paul"]
    row = db.session.scalars(sa.select(models.History).filter_by(verb="Payeur désigné")).one()
    assert (row.before, row.after) == ({"payeur": "Claire Martin"}, {"payeur": "Paul Martin"})


def test_the_payer_is_of_the_family_and_a_second_is_refused(app):
    family, other = create(mother()), create(mother())
    with pytest.raises(Refused, match="n’est pas un adulte de cette famille"):
        families.set_payer(family, other.guardians[0], by=SYSTEM, now=START)
    with pytest.raises(Refused, match="Claire Martin est déjà le payeur"):
        families.add_guardian(family, adult("Paul"), is_payer=True, by=SYSTEM, now=START)


def test_a_guardianship_ends_on_its_day_and_may_be_given_again(app):
    family = create(mother(), children=(child(),))
    row = family.guardians[0].guardianships[0]
    with pytest.raises(Refused, match="est déjà responsable de Léa"):
        families.give_guardianship(
            row.guardian, row.child, Rights(relation=Relation.MOTHER),
            first_day=START.date(), by=SYSTEM, now=START,
        )  # fmt: skip
    families.end_guardianship(row, START.date(), by=SYSTEM, now=START)
    assert row.last_day == START.date()
    again = families.give_guardianship(
        row.guardian, row.child, Rights(relation=Relation.MOTHER),
        first_day=START.date() + timedelta(days=1), by=SYSTEM, now=START,
    )  # fmt: skip
    assert again.first_day == date(2026, 9, 8)


def test_a_guardianship_cannot_end_before_it_began(app):
    family = create(mother(), children=(child(),))
    with pytest.raises(Refused, match="ne peut pas finir avant"):
        families.end_guardianship(
            family.guardians[0].guardianships[0], date(2026, 8, 1), by=SYSTEM, now=START
        )


# -- quotients and residence -------------------------------------------------------------


def test_a_quotient_not_yet_billed_is_replaced_at_the_same_date(app):
    family = create(mother(), quotient=quotient("512.50"))
    families.set_quotient(family, quotient("480"), by=SYSTEM, now=START)
    families.set_quotient(family, quotient("300", date(2027, 1, 1)), by=SYSTEM, now=START)
    rows = db.session.scalars(sa.select(models.Quotient).order_by(models.Quotient.effective_on))
    assert [(row.value, row.effective_on) for row in rows] == [
        (Decimal("480"), FIRST_DAY),
        (Decimal("300"), date(2027, 1, 1)),
    ]


def test_the_same_quotient_again_changes_nothing(app):
    family = create(mother(), quotient=quotient("512.50"))
    before = count(models.History)
    families.set_quotient(family, quotient("512.50"), by=SYSTEM, now=START)
    assert count(models.History) == before


def test_a_quotient_that_an_invoice_used_is_never_rewritten(app):
    family = create(mother(), quotient=quotient("512.50"))
    invoice(family, "2026-09-07", Decimal("512.50"))
    with pytest.raises(Refused) as refusal:
        families.set_quotient(family, quotient("480"), by=SYSTEM, now=START)
    assert refusal.value.sentence == (
        "Le quotient 512,50 en vigueur depuis le mardi 1er septembre 2026 a servi à une facture émise : "
        "enregistrez le nouveau avec une autre date d’effet."
    )
    families.set_quotient(family, quotient("480", date(2026, 10, 1)), by=SYSTEM, now=START)
    assert count(models.Quotient) == 2


def invoice(family: models.Family, day: str, value: Decimal) -> None:
    line = models.InvoiceLine(
        position=1, month=FIRST_DAY, child_name="Léa", label="Cantine", days=[day], quantity=1,
        unit_price_cents=250, amount_cents=250, quotient=value, keep_until=date(2036, 12, 31),
    )  # fmt: skip
    row = models.Invoice(
        kind=InvoiceKind.INVOICE, number="2026-000001", exercice=2026, sequence=1, month=FIRST_DAY,
        family=family, payer=family.guardians[0], payer_name="Claire Martin", payer_address="Villars",
        total_cents=250, issued_at=START, announced_on=START.date(), due_on=START.date(),
        is_example=True, keep_until=date(2036, 12, 31), lines=[line],
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()


def test_a_new_residence_ends_the_one_before(app):
    family = create(mother(), resident=True)
    families.set_residence(family, False, "Déménagement", first_day=date(2026, 11, 1), by=SYSTEM, now=START)
    rows = list(db.session.scalars(sa.select(models.Residence).order_by(models.Residence.first_day)))
    assert [(row.resident, row.last_day) for row in rows] == [(True, date(2026, 10, 31)), (False, None)]


def test_moving_house_is_recorded_with_the_former_address(app):
    family = create(mother())
    families.set_address(family, PostalAddress("1 place Neuve", "42390", "Villars"), by=SYSTEM, now=START)
    row = db.session.scalars(sa.select(models.History).filter_by(verb="Adresse changée")).one()
    assert (row.before["street"], row.after["street"]) == ("3 rue des Acacias", "1 place Neuve")


# -- custody -----------------------------------------------------------------------------

MOVES_ON = date(2026, 9, 21)  # the Monday of an odd week (39)


@pytest.fixture
def separated(app) -> tuple[models.Child, models.Family, models.Family]:
    """Léa, booked on Tuesdays of weeks 37 to 40, all at her mother's."""
    sonia, karim = factories.family("Bernard"), factories.family("Haddad")
    lea = factories.child(sonia)
    factories.guardianship(factories.guardian(sonia, "Sonia", email="sonia@villars.example"), lea)
    factories.guardianship(factories.guardian(karim, "Karim", email="karim@villars.example"), lea)
    for day in (date(2026, 9, 8), date(2026, 9, 15), date(2026, 9, 22), date(2026, 9, 29)):
        factories.booking(lea, day)
    return lea, sonia, karim


def alternating(sonia: models.Family, karim: models.Family) -> CustodyFacts:
    return CustodyFacts(kind=CustodyKind.PARITY, family_id=sonia.id, other_family_id=karim.id)


def states(child: models.Child) -> dict[date, BookingState]:
    rows = db.session.scalars(sa.select(models.Booking).filter_by(child_id=child.id))
    return {row.day: row.state for row in rows}


def test_open_days_that_change_family_are_cancelled_with_a_receipt_to_both(app, separated):
    lea, sonia, karim = separated
    done = families.set_custody(
        lea, alternating(sonia, karim), FIRST_DAY, by=agent(factories.staff()), now=START
    )
    # 8 September (week 37, odd) is past its cut-off; 22 September (week 39) goes to Karim and is open.
    assert [day for day, state in states(lea).items() if state is BookingState.CANCELLED] == [
        date(2026, 9, 22)
    ]
    assert done.kept == [date(2026, 9, 8)]
    assert [(row.family_id, [line.day for line in row.lines]) for row in done.receipts] == [
        (sonia.id, [date(2026, 9, 22)]),
        (karim.id, [date(2026, 9, 22)]),
    ]
    assert all(line.change is Change.CANCEL for row in done.receipts for line in row.lines)


def test_the_other_family_is_told_no_price(app, separated):
    lea, sonia, karim = separated
    sonia.quotients.append(factories.quotient("300"))
    db.session.flush()
    done = families.set_custody(lea, alternating(sonia, karim), FIRST_DAY, by=SYSTEM, now=START)
    prices = {row.family_id: row.lines[0].price_cents for row in done.receipts}
    assert prices[sonia.id] is not None
    assert prices[karim.id] is None


def test_each_parent_is_written_to_once(app, separated):
    lea, sonia, karim = separated
    counter = agent(factories.staff()).acting_for(sonia.guardians[0].id, agent(factories.staff()).channel)
    families.set_custody(lea, alternating(sonia, karim), FIRST_DAY, by=counter, now=START)
    mails = list(db.session.scalars(sa.select(models.Outbox)))
    assert sorted(mail.recipient for mail in mails) == ["karim@villars.example", "sonia@villars.example"]
    assert all(
        "mardi 22 septembre 2026" in mail.body and "Changement de garde" in mail.body for mail in mails
    )
    may_book = [mail.recipient for mail in mails if "reviennent à votre famille" in mail.body]
    assert may_book == ["karim@villars.example"]


def test_the_same_custody_again_changes_nothing(app, separated):
    lea, sonia, karim = separated
    families.set_custody(lea, alternating(sonia, karim), MOVES_ON, by=SYSTEM, now=START)
    before = count(models.History), count(models.Receipt)
    families.set_custody(lea, alternating(sonia, karim), MOVES_ON, by=SYSTEM, now=START)
    assert (count(models.History), count(models.Receipt)) == before


def test_an_incomplete_alternation_is_refused(app, separated):
    lea, sonia, _karim = separated
    with pytest.raises(Refused, match="Choisissez l’autre famille"):
        families.set_custody(
            lea, CustodyFacts(kind=CustodyKind.PARITY, family_id=sonia.id), MOVES_ON, by=SYSTEM, now=START
        )


def test_days_before_the_change_stay(app, separated):
    lea, sonia, karim = separated
    far = datetime(2026, 9, 1, 8, tzinfo=START.tzinfo)
    families.set_custody(
        lea, families.CustodyFacts(kind=CustodyKind.SINGLE, family_id=karim.id), MOVES_ON, by=SYSTEM, now=far
    )
    assert [day for day, state in sorted(states(lea).items()) if state is BookingState.CANCELLED] == [
        date(2026, 9, 22),
        date(2026, 9, 29),
    ]
    known = facts_of([lea.id])[lea.id]
    assert (known.family_on(date(2026, 9, 20)), known.family_on(MOVES_ON)) == (sonia.id, karim.id)
