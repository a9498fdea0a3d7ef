from datetime import date

from operations.configuration import configuration
from rules.school_calendar import Place
from tests import factories


def test_the_base_town_is_the_real_calendar_with_its_activities(app):
    rules = configuration()
    assert [activity.slug for activity in rules.activities.values()] == [
        "garderie-du-matin",
        "cantine",
        "garderie-du-soir",
        "etude",
    ]
    assert rules.calendar.closed_because(date(2026, 9, 8), Place()) is None
    assert "Toussaint" in (rules.calendar.closed_because(date(2026, 10, 20), Place()) or "")


def test_a_test_leaves_nothing_to_the_next_first(app):
    factories.child(factories.family())
    from extensions import db

    db.session.commit()
    import models

    assert db.session.query(models.Child).count() == 1


test_a_test_leaves_nothing_to_the_next_second = test_a_test_leaves_nothing_to_the_next_first
