"""Which days may be asked for, and recording a claim at the counter or by a parent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors
from operations.absences import record_claim, rulings, withdraw
from operations.attendance import close_sheet, open_sheet
from operations.claim_decisions import accept, refuse
from operations.claimable_days import claimable
from rules.instants import PARIS
from rules.refusals import Refused
from rules.vocabulary import (
    ClaimState,
    EventEffect,
)
from tests import factories
from tests.operations.sickness import (
    FRIDAY,
    LATER,
    MONDAY,
    MORNING,
    SICK,
    THURSDAY,
    TUESDAY,
    by,
    event,
    facts,
    mails,
    policy,
    record,
    sick_child,
)
from tests.queries import count_queries


@pytest.fixture
def family(app):
    return factories.family("Martin", qf="712.00")


@pytest.fixture
def lea(family):
    return sick_child(family)


@pytest.fixture
def claire(family, lea):
    return factories.parent(family, lea, payer=True, email="claire@villars.example")


def whys(child: models.Child, now: datetime = LATER, **options: Any) -> dict[date, str | None]:
    found = claimable(child, date(2026, 9, 1), date(2026, 10, 31), now=now, **options)
    return {each.day: each.why for each in found}


# -- the days that may be asked for ------------------------------------------------------------


def test_booked_days_may_be_claimed_past_or_no_longer_open(lea):
    factories.booking(lea, date(2026, 10, 1))
    assert whys(lea) == {
        **dict.fromkeys(SICK),
        date(2026, 10, 1): "Le jeudi 1er octobre peut encore être annulé\u00a0: annulez-le, rien ne sera dû.",
    }
    # the Wednesday before, at midnight, that week closes: the coming day may then be claimed
    assert whys(lea, datetime(2026, 9, 24, 0, 0, tzinfo=PARIS))[date(2026, 10, 1)] is None


def test_a_day_when_the_child_was_there_is_not_claimed(lea):
    in_class = lea.schoolings[0].school_class
    sheet = open_sheet(
        factories.activity().id, in_class, in_class.school, TUESDAY, by=actors.SYSTEM, now=MORNING
    )
    close_sheet(sheet, {lea.id}, by=actors.SYSTEM, now=MORNING)
    assert whys(lea)[TUESDAY] == "L’enfant était présent le mardi 15 septembre."
    with pytest.raises(Refused, match="était présent"):
        record(lea)


@pytest.mark.parametrize("effect", EventEffect)
def test_a_day_that_is_not_due_is_not_claimed(lea, effect):
    event(effect)
    due = effect is EventEffect.PICNIC_KITCHEN
    said = None if due else "Rien n’est dû par les absents le mardi 15 septembre (Grève)."
    assert whys(lea)[TUESDAY] == said


def test_a_day_stands_in_one_claim_at_a_time(lea):
    policy()
    first = record(lea, TUESDAY)
    assert whys(lea)[TUESDAY] == "Une demande porte déjà sur le mardi 15 septembre."
    with pytest.raises(Refused, match="porte déjà"):
        record(lea)
    refuse(first, "Certificat illisible.", by=actors.SYSTEM, now=LATER)
    second = record(lea)
    accept(second, by=actors.SYSTEM, now=LATER)
    assert whys(lea)[TUESDAY] is not None


def test_under_alternating_custody_each_family_claims_its_own_days(family, lea):
    other = factories.family("Petit")
    factories.booking(lea, MONDAY, family=other)
    assert set(whys(lea, family_id=family.id)) == set(SICK)
    assert set(whys(lea, family_id=other.id)) == {MONDAY}
    with pytest.raises(Refused, match="deux familles"):
        record(lea, TUESDAY, MONDAY)
    with pytest.raises(Refused, match="n’est pas réservé"):
        record_claim(lea, facts(TUESDAY), family_id=other.id, by=actors.SYSTEM, now=LATER)


# -- recording ---------------------------------------------------------------------------------


def test_a_parent_declares_an_absence(claire, lea, family):
    policy()
    claim = record_claim(lea, facts(details="Angine"), family_id=family.id, by=by(claire), now=LATER)
    assert claim.state is ClaimState.WAITING
    assert (claim.guardian_id, claim.family_id) == (claire.id, family.id)
    assert (claim.first_day, claim.last_day, claim.received_at) == (TUESDAY, FRIDAY, LATER)
    assert [(row.day, row.accepted, row.why) for row in claim.days] == [(day, None, "") for day in SICK]
    [mail] = mails()
    assert (mail.recipient, mail.subject) == (
        "claire@villars.example",
        f"Absence de Léa enregistrée : {claim.number}",
    )
    assert "- mardi 15 septembre 2026, Cantine" in mail.body
    assert "Angine" not in mail.body
    written = db.session.scalars(sa.select(models.History).filter_by(verb="Absence déclarée")).one()
    assert "Angine" not in str(written.after) + written.reason


def test_what_the_règlement_refuses_whole_is_refused_to_a_parent_and_recorded_by_staff(claire, lea):
    policy()
    too_late = datetime(2026, 10, 4, 0, 0, tzinfo=PARIS)  # the sixteenth day after Friday
    with pytest.raises(Refused, match="pouvait être justifiée jusqu’au mercredi 30 septembre à 23 h 59"):
        record_claim(lea, facts(), by=by(claire), now=too_late)
    assert db.session.scalar(sa.select(sa.func.count(models.AbsenceClaim.id))) == 0
    claim = record(lea, now=too_late)
    assert all("pouvait être justifiée" in row.why for row in claim.days)


def test_the_last_second_of_the_fifteenth_day_is_in_time(claire, lea):
    policy()
    last = datetime(2026, 10, 3, 23, 59, 59, tzinfo=PARIS)
    claim = record_claim(lea, facts(FRIDAY), by=by(claire), now=last)
    assert claim.days[0].why == ""


def test_without_a_policy_nothing_is_taken_off(claire, lea):
    with pytest.raises(Refused, match="ne prévoit pas de déduire"):
        record_claim(lea, facts(), by=by(claire), now=LATER)


MISTAKES = [
    ({"days": {}}, "Aucun jour réservé", "days"),
    ({"received_at": datetime(2026, 9, 23, 9, tzinfo=PARIS)}, "reçue demain", "received_at"),
    ({"told_at": datetime(2026, 9, 22, 9, 1, tzinfo=PARIS)}, "au plus tard à la réception", "told_at"),
    ({"first": FRIDAY, "last": TUESDAY}, "précéder le premier", "last_day"),
    ({"first": THURSDAY}, "en dehors de l’absence", "days"),
    ({"first": date(2020, 1, 1)}, None, None),  # a long illness is long
]


@pytest.mark.parametrize(("said", "sentence", "field"), MISTAKES)
def test_a_claim_that_makes_no_sense(lea, said, sentence, field):
    policy()
    if sentence is None:
        assert record(lea, **said).first_day == date(2020, 1, 1)
        return
    with pytest.raises(Refused, match=sentence) as refusal:
        record(lea, **said)
    assert refusal.value.field == field


def test_a_claim_is_withdrawn_while_it_waits(lea):
    policy()
    claim = record(lea)
    withdraw(claim, by=actors.SYSTEM, now=LATER)
    assert claim.state is ClaimState.WITHDRAWN
    assert whys(lea)[TUESDAY] is None
    for move in (
        lambda: accept(claim, by=actors.SYSTEM, now=LATER),
        lambda: withdraw(claim, by=actors.SYSTEM, now=LATER),
    ):
        with pytest.raises(Refused, match="déjà tranchée"):
            move()


def test_the_number_of_queries_does_not_grow_with_the_days(lea):
    policy()
    few = facts(TUESDAY)
    with count_queries() as one:
        rulings(lea, few, now=LATER)
        claimable(lea, TUESDAY, TUESDAY, now=LATER)
    with count_queries() as several:
        rulings(lea, facts(), now=LATER)
        claimable(lea, TUESDAY, FRIDAY, now=LATER)
    assert len(several) <= len(one)
