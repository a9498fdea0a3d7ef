"""The form of a deadline: every kind without a script, said in words, nonsense refused on its field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations.configuration import deadline_facts
from rules.deadline_words import in_words
from rules.vocabulary import Bound, DeadlineKind, Role, SchoolKind, WhenLate
from tests import factories
from tests.admin.agents import Agent, said
from tests.queries import assert_constant


@pytest.fixture
def agent(app):
    return Agent(app)


def form(**values: Any) -> dict[str, Any]:
    return {
        "activity": factories.activity("etude").id,
        "bound": "closes",
        "kind": "none",
        "first_day": "2026-09-01",
        "when_late": "refuse",
        "reference": "day",
        "position": "5",
        **values,
    }


def rules_of() -> list[models.DeadlineRule]:
    db.session.expire_all()
    query = sa.select(models.DeadlineRule).where(models.DeadlineRule.position == 5)
    return list(db.session.scalars(query))


MONTHLY = {"kind": "month_dates", "day_of_month": "20", "months": "1", "minute_of_day": "12:00"}
WEEKLY = {"kind": "weekly", "weekday": "3", "weeks": "1", "minute_of_day": "23:59"}
OURTON = {
    "kind": "by_weekday",
    "weekday_rows-0-weekday": "5", "weekday_rows-0-minute_of_day": "11:00",
    "weekday_rows-1-weekday": "1", "weekday_rows-1-minute_of_day": "11:00", "weekday_rows-1-weeks": "",
    "weekday_rows-2-weekday": "", "weekday_rows-2-minute_of_day": "", "weekday_rows-2-weeks": "",
    "weekday_rows-4-weekday": "3", "weekday_rows-4-minute_of_day": "11:00", "weekday_rows-4-weeks": "1",
}  # fmt: skip
SEASONS = {
    "kind": "month_dates",
    "published-0-first_day": "2026-11-02", "published-0-last_day": "2026-12-18",
    "published-0-on_day": "2026-10-09", "published-0-minute_of_day": "12:00",
    "published-1-first_day": "", "published-1-last_day": "", "published-1-on_day": "",
    "published-1-minute_of_day": "",
    "published-3-first_day": "2026-09-01", "published-3-last_day": "2026-10-16",
    "published-3-on_day": "2026-08-17", "published-3-minute_of_day": "23:59",
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (WEEKLY, "Jusqu’au mercredi 23 h 59 pour la semaine suivante"),
        (OURTON, "Jusqu’au vendredi 11 h pour le lundi, lundi 11 h pour le mardi et "
                 "mercredi 11 h (1 semaine plus tôt) pour le vendredi"),
        ({"kind": "days_before", "amount": "2", "unit": "working", "minute_of_day": "10:00"},
         "Jusqu’à 2 jours ouvrés avant, à 10 h"),
        ({"kind": "days_before", "amount": "21", "unit": "calendar", "minute_of_day": "0:00",
          "reference": "period", "bound": "opens"},
         "Ouverture des réservations : à partir de 21 jours avant le premier jour de la période, à 0 h"),
        ({"kind": "hours_before", "amount": "48", "unit": "working"}, "Jusqu’à 48 h avant le début"),
        ({"kind": "same_day", "minute_of_day": "9:00", "change": "cancel", "after_start": "1"},
         "Annulation : jusqu’au jour même à 9 h ; même après le début"),
        (MONTHLY, "Jusqu’au 20 du mois précédent à 12 h"),
        ({**MONTHLY, "day_of_month": "31", "weekday": "5"}, "Jusqu’au dernier vendredi du mois précédent"),
        (SEASONS, "Jusqu’au lundi 17 août 2026 à 23 h 59 (du mardi 1er septembre au vendredi"),
        ({"kind": "none"}, "Sans réservation"),
        ({"kind": "annual", "chosen_until": "2026-09-11"}, "Jours choisis pour l’année, jusqu’au vendredi"),
        ({"kind": "same_day", "minute_of_day": "9:00", "levels": ["ps", "ms"], "regime": "regular",
          "resident": "non", "service_weekdays": ["1", "4"], "after_holidays": "first_week",
          "bring_back": "closed", "when_late": "accept", "late_amount": "0", "late_minute_of_day": "10:00"},
         "(pour le lundi et le jeudi) (première semaine après les vacances) (PS et MS) (régime régulier) "
         "(hors commune) ; un jour sans école, avancé au dernier jour d’école ; ensuite, au tarif hors délai "
         "jusqu’au jour même à 10 h"),
    ],
)  # fmt: skip
def test_every_kind_is_typed_without_a_script_and_says_itself(agent, values, words):
    assert agent.post("dates-limites/nouveau/", **form(**values)).status_code == 302
    [row] = rules_of()
    assert words in in_words(deadline_facts(row))
    assert words in agent.text(f"dates-limites/detail/?id={row.id}")
    page = agent.text(f"dates-limites/modifier/?id={row.id}")
    assert 'data-shown-for="by_weekday"' in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "weekly", "weekday": "3", "minute_of_day": "10:00"}, "weeks"),
        ({"kind": "weekly", "weeks": "1", "minute_of_day": "10:00"}, "weekday"),
        ({"kind": "weekly", "weekday": "3", "weeks": "1", "minute_of_day": "midi"}, "minute_of_day"),
        ({"kind": "weekly", "weekday": "3", "weeks": "99", "minute_of_day": "10:00"}, "weeks"),
        ({"kind": "by_weekday"}, "weekday_rows"),
        ({**OURTON, "weekday_rows-0-minute_of_day": ""}, "weekday_rows-0-minute_of_day"),
        ({**OURTON, "weekday_rows-3-minute_of_day": "10:00"}, "weekday_rows-3-weekday"),
        ({**OURTON, "weekday_rows-0-weeks": "60"}, "weekday_rows-0-weeks"),
        ({**OURTON, "weekday_rows-0-weeks": "deux"}, "weekday_rows-0-weeks"),
        ({**OURTON, "weekday_rows-0-weekday": "9"}, "weekday_rows-0-weekday"),
        ({**OURTON, "weekday_rows-0-weekday": "lundi"}, "weekday_rows-0-weekday"),
        ({**OURTON, "weekday_rows-0-minute_of_day": "25:00"}, "weekday_rows-0-minute_of_day"),
        ({"kind": "days_before", "unit": "working", "minute_of_day": "10:00"}, "amount"),
        ({"kind": "days_before", "amount": "2", "minute_of_day": "10:00"}, "unit"),
        ({"kind": "days_before", "amount": "-2", "unit": "working", "minute_of_day": "10:00"}, "amount"),
        ({"kind": "hours_before", "amount": "48", "unit": "clear"}, "unit"),
        ({"kind": "same_day"}, "minute_of_day"),
        ({"kind": "month_dates"}, "day_of_month"),
        ({**MONTHLY, "day_of_month": "40"}, "day_of_month"),
        ({**SEASONS, "day_of_month": "20"}, "published"),
        ({**SEASONS, "published-3-last_day": "2026-11-05"}, "published"),
        ({**SEASONS, "published-3-on_day": ""}, "published-3-on_day"),
        ({**SEASONS, "published-3-on_day": "le 17"}, "published-3-on_day"),
        ({"kind": "none", "bound": "opens"}, "kind"),
        ({"kind": "same_day", "minute_of_day": "9:00", "bound": "opens", "change": "cancel"}, "change"),
        ({"kind": "same_day", "minute_of_day": "9:00", "bound": "opens", "when_late": "accept"}, "when_late"),
        ({"kind": "same_day", "minute_of_day": "9:00", "when_late": "accept", "late_amount": "1",
          "late_minute_of_day": "9:00"}, "late_unit"),
        ({"kind": "same_day", "minute_of_day": "9:00", "when_late": "accept", "late_amount": "0"},
         "late_minute_of_day"),
        ({"kind": "none", "last_day": "2026-08-01"}, "last_day"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_on_its_field_and_nothing_changes(agent, values, field):
    answer = agent.post("dates-limites/nouveau/", **form(**values))
    assert answer.status_code == 422
    assert f'id="{field}-erreur"' in answer.text
    assert rules_of() == []


def test_what_another_kind_left_is_dropped(agent):
    agent.post("dates-limites/nouveau/", **form(**OURTON))
    [row] = rules_of()
    changed = form(**OURTON) | {
        "kind": "same_day",
        "minute_of_day": "9:00",
        "weekday": "3",
        "late_amount": "2",
    }
    assert agent.post(f"dates-limites/modifier/?id={row.id}", **changed).status_code == 302
    [row] = rules_of()
    assert (row.kind, row.weekday, row.late_amount) == (DeadlineKind.SAME_DAY, None, None)
    assert (row.weekday_rows, row.minute_of_day) == ([], 540)


def test_lines_are_changed_added_and_emptied_in_one_go(agent):
    agent.post("dates-limites/nouveau/", **form(**SEASONS))
    [row] = rules_of()
    kept = {each.first_day: each.id for each in row.published}
    page = agent.text(f"dates-limites/modifier/?id={row.id}")
    assert 'name="published-0-first_day" type="date" value="2026-09-01"' in page
    assert 'name="published-5-first_day"' in page
    changed = form(**SEASONS) | {
        "published-0-on_day": "2026-10-12",
        "published-2-first_day": "2027-01-04", "published-2-last_day": "2027-02-12",
        "published-2-on_day": "2026-12-11", "published-2-minute_of_day": "12:00",
        **{f"published-3-{name}": "" for name in ("first_day", "last_day", "on_day", "minute_of_day")},
    }  # fmt: skip
    assert agent.post(f"dates-limites/modifier/?id={row.id}", **changed).status_code == 302
    [row] = rules_of()
    assert [(each.first_day, each.on_day) for each in row.published] == [
        (date(2026, 11, 2), date(2026, 10, 12)),
        (date(2027, 1, 4), date(2026, 12, 11)),
    ]
    assert row.published[0].id == kept[date(2026, 11, 2)]
    history = list(db.session.scalars(sa.select(models.History).order_by(models.History.id)))[-1]
    assert "lundi 12 octobre 2026" in str(history.after)


def test_the_details_say_what_the_rule_comes_to(agent):
    agent.post("dates-limites/nouveau/", **form(**WEEKLY))
    [row] = rules_of()
    page = agent.text(f"dates-limites/detail/?id={row.id}")
    assert "le dernier instant accepté" in page
    assert "mercredi 2 septembre à 23 h 59" in page
    agent.post(f"dates-limites/modifier/?id={row.id}", **form(**WEEKLY, bound="opens"))
    assert rules_of()[0].bound is Bound.OPENS
    assert "les réservations ouvrent" in agent.text(f"dates-limites/detail/?id={row.id}")


# -- the preview ------------------------------------------------------------------------------


def test_the_preview_says_each_day(agent):
    canteen = factories.activity("cantine")
    page = agent.text(f"apercu-dates-limites/?activite={canteen.id}&du=2026-10-12")
    assert "Semaine du 12 octobre 2026" in page
    assert "Lundi 2 novembre" in page
    assert "jusqu’au mercredi 28 octobre à 23 h 59" in page
    assert "Vacances de la Toussaint" in page
    assert "Pas d’école le mercredi" in page
    assert "Samedi" not in page
    assert "Jusqu’au mercredi 23 h 59 pour la semaine suivante" in page


def test_the_preview_tells_the_inhabitants_from_the_others(agent):
    canteen = factories.activity("cantine")
    for resident, day, position in ((True, date(2026, 6, 1), 1), (None, date(2026, 6, 15), 2)):
        line = models.DeadlineDate(
            first_day=date(2026, 9, 1), last_day=date(2027, 7, 2), on_day=day, minute_of_day=480
        )
        db.session.add(
            models.DeadlineRule(
                activity_id=canteen.id, bound=Bound.OPENS, kind=DeadlineKind.MONTH_DATES, resident=resident,
                position=position, first_day=date(2026, 1, 1), when_late="refuse", published=[line],
            )
        )  # fmt: skip
    db.session.commit()
    address = f"apercu-dates-limites/?activite={canteen.id}&du=2026-09-07"
    assert "à partir du lundi 15 juin 2026 à 8 h" in agent.text(f"{address}&habitants=non")
    assert "à partir du lundi 1er juin 2026 à 8 h" in agent.text(f"{address}&habitants=oui")


def test_the_preview_says_until_when_it_is_late(agent):
    rule = db.session.scalars(
        sa.select(models.DeadlineRule).filter_by(activity_id=factories.activity("cantine").id)
    ).one()
    rule.when_late, rule.late_amount, rule.late_minute_of_day = WhenLate.ACCEPT, 0, 540
    db.session.commit()
    page = agent.text("apercu-dates-limites/?du=2026-10-12")
    assert "jusqu’au mercredi 7 octobre à 23 h 59, puis hors délai jusqu’au lundi 12 octobre à 9 h" in page


def test_the_preview_says_why_nothing_can_be_booked(agent):
    morning = factories.activity("garderie-du-matin")
    page = agent.text(f"apercu-dates-limites/?activite={morning.id}&du=2026-09-07")
    assert "Aucune réservation n’est nécessaire" in page


@pytest.mark.parametrize(
    "asked", ["?activite=99999&ecole=abc&niveau=zz&regime=zz&du=jamais", "?du=9999-12-31"]
)
def test_a_wrong_address_shows_the_first_of_each_list(agent, asked):
    assert "Semaine du" in agent.text(f"apercu-dates-limites/{asked}")


def test_the_preview_asks_as_much_whatever_it_shows(app, agent):
    def one_more_school() -> None:
        number = db.session.scalar(sa.select(sa.func.count()).select_from(models.School))
        db.session.add(
            models.School(
                name=f"École {number}",
                kind=SchoolKind.PRIMARY,
                street="1 rue",
                postcode="42390",
                city="Villars",
            )
        )
        db.session.commit()

    assert assert_constant(agent.client, "/admin/apercu-dates-limites/", one_more_school) <= 12


def test_finance_reads_the_preview(app):
    assert Agent(app, Role.FINANCE).get("apercu-dates-limites/").status_code == 200


def test_a_refusal_says_it_in_french(agent):
    answer = agent.post("dates-limites/nouveau/", **form(kind="by_weekday"))
    assert "Donnez au moins un jour de service et sa date limite." in said(answer)
