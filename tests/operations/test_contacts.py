"""Contacts: given for some children, never twice, each child with its own order of call."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import contacts
from operations.actors import SYSTEM
from operations.contacts import MOST, Person
from rules.refusals import Refused
from tests import factories
from tests.conftest import START

ODILE = Person(last_name=" Roux ", first_name="Odile", phone="06 39 98 12 34", may_collect=True)


@pytest.fixture
def family(app):
    return factories.family()


@pytest.fixture
def children(family):
    return [factories.child(family, "Léa"), factories.child(family, "Tom")]


def give(person, children, family, known=()):
    contacts.set_person(person, children, of=family, known=known, by=SYSTEM, now=START)


def rows(child=None):
    query = sa.select(models.Contact).order_by(models.Contact.call_order, models.Contact.id)
    return [row for row in db.session.scalars(query) if child is None or row.child_id == child.id]


def verbs():
    return list(db.session.scalars(sa.select(models.History.verb).order_by(models.History.id)))


def test_one_person_for_several_children(family, children):
    give(ODILE, children, family)
    assert [(row.child, row.full_name, row.phone) for row in rows()] == [
        (child, "Odile Roux", "0639981234") for child in children
    ]
    assert verbs() == ["Contact ajouté (Léa Martin)", "Contact ajouté (Tom Martin)"]


def test_sent_twice_it_is_given_once(family, children):
    give(ODILE, children, family)
    give(replace(ODILE, first_name="ODILE"), children, family)
    assert len(rows()) == 2


def test_unticking_a_child_removes_the_person_for_it_alone(family, children):
    lea, tom = children
    give(ODILE, children, family)
    give(replace(ODILE, phone="04 77 00 00 00", may_collect=False), [tom], family, known=rows())
    (row,) = rows()
    assert (row.child, row.phone, row.may_collect) == (tom, "0477000000", False)
    assert verbs()[-2:] == ["Contact modifié (Tom Martin)", "Contact retiré (Léa Martin)"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_name": " "}, "last_name"),
        ({"first_name": ""}, "first_name"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_whoever_collects_is_identified(family, children, change, field):
    with pytest.raises(Refused) as refused:
        give(replace(ODILE, **change), children, family)
    assert refused.value.field == field and rows() == []


def test_a_person_is_for_a_child_at_least(family):
    with pytest.raises(Refused, match="Cochez au moins un enfant"):
        give(ODILE, [], family)


def test_the_twenty_first_is_refused_and_nothing_is_written(family, children):
    lea, tom = children
    for number in range(MOST):
        factories.contact(tom, family, f"Voisin {number}", phone=f"06399800{number:02d}")
    with pytest.raises(Refused, match="Tom a déjà 20 contacts"):
        give(ODILE, [lea, tom], family)
    assert rows(lea) == []


def test_the_other_household_keeps_its_own(family, children):
    lea, _ = children
    theirs = factories.contact(lea, factories.family("Haddad"), "Odile")
    give(ODILE, [lea], family)
    assert len(rows(lea)) == 2
    assert contacts.same_person(theirs, rows(lea)) == [theirs]


def test_order_of_call(family, children):
    lea, _ = children
    names = [factories.contact(lea, family, name, call_order=1).first_name for name in ("Ana", "Bob", "Cléo")]
    contacts.move(rows(), rows()[2], -1, family_id=family.id, by=SYSTEM, now=START)
    assert [row.first_name for row in rows()] == ["Ana", "Cléo", "Bob"] != names
    contacts.move(rows(), rows()[0], -1, family_id=family.id, by=SYSTEM, now=START)
    assert [row.first_name for row in rows()] == ["Ana", "Cléo", "Bob"]


def test_moving_keeps_the_ranks_of_the_other_household(family, children):
    """Guardianships of two households share one order: moving in one does not disturb the other."""
    lea, _ = children
    adults = [factories.guardian(family, "Claire"), factories.guardian(factories.family("Haddad"), "Karim")]
    adults.append(factories.guardian(family, "Paul"))
    links = [factories.guardianship(adult, lea) for adult in adults]
    for rank, link in enumerate(links, start=1):
        link.call_order = rank
    contacts.move([links[0], links[2]], links[2], -1, family_id=family.id, by=SYSTEM, now=START)
    assert [link.call_order for link in links] == [3, 2, 1]
