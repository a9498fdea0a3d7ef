"""Who may collect a child: adults who may, contacts of the household whose day it is."""

from __future__ import annotations

from datetime import date

import pytest

from operations.pickup import collectors_of
from rules.vocabulary import Relation
from tests import factories
from tests.queries import count_queries

EVEN, ODD = date(2026, 9, 7), date(2026, 9, 14)  # weeks 37 (odd) and 38 (even) of 2026


@pytest.fixture
def separated(app):
    """Léa's days alternate: even weeks to Sonia's household, odd ones to Karim's."""
    hers, his = factories.family("Bernard"), factories.family("Haddad")
    lea = factories.child(hers, "Léa")
    for family, name, relation in ((hers, "Sonia", Relation.MOTHER), (his, "Karim", Relation.FATHER)):
        factories.guardianship(factories.guardian(family, name), lea, relation=relation)
    factories.contact(lea, hers, "Odile", last_name="Bernard")
    factories.contact(lea, his, "Nadia", last_name="Haddad")
    return hers, his, lea


def names(child, day: date) -> list[str]:
    return [who.name for who in collectors_of([child.id], day)[child.id]]


def test_under_alternation_only_the_contacts_of_the_day_count(separated):
    hers, his, lea = separated
    factories.alternate(lea, hers, his)
    assert names(lea, ODD) == ["Sonia Bernard", "Karim Haddad", "Odile Bernard"]
    assert names(lea, EVEN) == ["Sonia Bernard", "Karim Haddad", "Nadia Haddad"]


def test_without_alternation_the_contacts_of_both_households_count(separated):
    _, _, lea = separated
    assert names(lea, ODD) == ["Sonia Bernard", "Karim Haddad", "Odile Bernard", "Nadia Haddad"]


def test_a_household_whose_responsibility_ended_sends_nobody(separated):
    """Its contacts stay written, and no longer leave with the child."""
    _, his, lea = separated
    his.guardians[0].guardianships[0].last_day = EVEN
    assert "Nadia Haddad" in names(lea, EVEN)
    assert names(lea, ODD) == ["Sonia Bernard", "Odile Bernard"]


def test_who_may_only_be_called_does_not_collect(app):
    family = factories.family()
    lea = factories.child(family)
    claire = factories.guardianship(factories.guardian(family), lea)
    factories.contact(lea, family, "Jean", may_collect=False)
    assert names(lea, ODD) == ["Claire Martin"]
    claire.may_collect = False
    assert names(lea, ODD) == []


def test_an_adult_whose_responsibility_ended_no_longer_collects(app):
    family = factories.family()
    lea = factories.child(family)
    factories.guardianship(factories.guardian(family), lea, last_day=EVEN)
    assert names(lea, EVEN) == ["Claire Martin"]
    assert names(lea, ODD) == []


def test_queries_do_not_grow_with_the_children(app):
    family = factories.family()
    children = [factories.child(family, f"Enfant {i}") for i in range(6)]
    for child in children:
        factories.contact(child, family)
    collectors_of([children[0].id], ODD)  # fills the caches
    counts = []
    for some in (children[:1], children):
        with count_queries() as queries:
            collectors_of([child.id for child in some], ODD)
        counts.append(len(queries))
    assert counts[0] == counts[1]
