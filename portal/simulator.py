"""What a month would cost: for anybody, and for a parent on their own children.

A form read by GET, since it changes nothing: its address can be kept and sent (docs/decisions/0009).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from forms import ActivityQuestions, Asked, ChildQuestions, SimulationForm, simulation_form
from operations.agenda import activities_of
from operations.configuration import configuration
from operations.simulation import (
    NOBODY,
    Offered,
    Simulation,
    Visitor,
    another,
    ground_of_visitor,
    months_from,
    offered_in,
    own_ground,
    own_standings,
    quotient_in,
    resident_in,
    schools,
    simulate,
    usual_weekdays,
)
from portal import access
from portal.public import public
from portal.room import espace
from rules.charge_explanations import read
from rules.explanations import THE_UNIT
from rules.ground import Ground, SchoolFact
from rules.quotients import QuotientFact
from rules.school_calendar import Place
from rules.simulation import Habit, Standings, always, month_end, simulated, with_quotient
from rules.vocabulary import Formula, Level, Regime
from rules.wording import month_name

MOST_CHILDREN = 6
NOT_SAID = ("", "Je ne sais pas encore")
ABOUT_A_CHILD = re.compile(r"([a-z]+)-(\d{1,9})(-[\w-]+)?")
Answers = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The simulator as a visitor sees it: the month, what it offers, and the form that asks."""

    month: date
    offered: Sequence[Offered]
    form: SimulationForm
    is_sent: bool

    @property
    def asks(self) -> frozenset[str]:
        """What the prices of the month depend on."""
        return frozenset().union(*(each.asks for each in self.offered))

    def habits(
        self, family_id: int, standings: Callable[[ChildQuestions, Offered], Standings]
    ) -> list[Habit]:
        """The week that the form describes, one habit for each child and activity that has days."""
        offered = {each.activity.slug: each for each in self.offered}
        return [
            Habit(
                child_id=int(child.key),
                activity_id=offered[asked.slug].activity.id,
                family_id=family_id,
                weekdays=frozenset(self.form.of("jours", child, asked).data),
                standing=standings(child, offered[asked.slug]),
                situation=offered[asked.slug].situation,
                **self._hours(child, asked),
            )
            for child, asked in self.form.asked()
            if self.form.of("jours", child, asked).data
        ]

    def _hours(self, child: ChildQuestions, asked: ActivityQuestions) -> dict[str, int]:
        if not asked.timed:
            return {}
        names = {"arrives": "arrivee", "leaves": "depart"}
        return {name: self.form.of(field, child, asked).data for name, field in names.items()}

    def page(self, template: str, simulation: Simulation | None, **context: Any) -> Response:
        """The form with its answer or its errors; an address that carries a quotient is kept from engines."""
        page = render_template(
            template,
            sheet=self,
            form=self.form,
            simulation=simulation,
            why=lambda explanation: read(explanation).sentences(),
            activities=configuration().activities,
            units=THE_UNIT,
            **context,
        )
        response = make_response(page, 422 if self.form.errors else 200)
        response.headers["Referrer-Policy"] = "strict-origin"
        if request.args:
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _sheet(answers: Answers, questions: Callable[[Sequence[Offered], date], list[ChildQuestions]]) -> Sheet:
    """The form for the month that is asked; of answers that are sent, it says what to mend."""
    months = months_from(access.today())
    default = next((month for month in months if month_end(month) >= access.today()), months[-1])
    month = next((each for each in months if f"{each:%Y-%m}" == answers.get("mois")), default)
    offered = offered_in(month)
    form = simulation_form(questions(offered, month))(formdata=answers or None, mois=f"{month:%Y-%m}")
    form.mois.choices = [(f"{each:%Y-%m}", month_name(each).capitalize()) for each in months]
    categories = sorted({name for each in offered for name in each.categories})
    form.categories.choices = [(name, name) for name in categories]
    is_sent = bool(answers) and "faire" not in answers
    return Sheet(month, offered, form, is_sent and form.validate())


def _questions(offered: Offered, **more: Any) -> ActivityQuestions:
    activity = offered.activity
    return ActivityQuestions(
        slug=activity.slug,
        name=activity.name,
        weekdays=offered.weekdays,
        timed=offered.is_timed,
        arrives=activity.starts_at_minute,
        leaves=activity.ends_at_minute,
        **more,
    )


# -- open to all ----------------------------------------------------------------------


@public.get("/simulateur")
def simulator() -> Response:
    answers, count = _edited(request.args)
    sheet = _sheet(answers, lambda offered, _month: _anybody(offered, count))
    found = _typed(sheet) if sheet.is_sent else None
    names = {n: f"Enfant {n}" for n in range(1, count + 1)} if count > 1 else {}
    return sheet.page("public/simulator.html", found, names=names, count=count, most=MOST_CHILDREN)


def _anybody(offered: Sequence[Offered], count: int) -> list[ChildQuestions]:
    """Children of whom nothing is known: what they are asked is what a price or the calendar tells apart."""
    about, activities = _about_a_child(offered), [_about_an_activity(each) for each in offered]
    return [
        ChildQuestions(str(n), f"Enfant {n}" if count > 1 else "Votre enfant", activities, about)
        for n in range(1, count + 1)
    ]


def _about_a_child(offered: Sequence[Offered]) -> list[Asked]:
    calendar, asks = configuration().calendar, frozenset().union(*(each.asks for each in offered))
    about = []
    if "school" in asks or calendar.tells_apart("school_id"):
        about.append(Asked("ecole", "École", [NOT_SAID, *((str(each.id), each.name) for each in schools())]))
    if "level" in asks or calendar.tells_apart("level"):
        about.append(Asked("niveau", "Niveau", [NOT_SAID, *((each.value, each.label) for each in Level)]))
    return about


def _about_an_activity(offered: Offered) -> ActivityQuestions:
    about = []
    if "formula" in offered.asks:
        about.append(Asked("formule", "Formule", [(each.value, each.label) for each in Formula]))
    if "regime" in offered.asks:
        about.append(Asked("regime", "Fréquentation", [(each.value, each.label) for each in Regime]))
    return _questions(offered, about=about)


def _typed(sheet: Sheet) -> Simulation:
    """What a visitor's habits cost, whose family is known by what the form says."""
    form = sheet.form
    quotient = form.quotient.data
    visitor = Visitor(
        quotient=None if quotient is None else simulated(quotient, income=form.ressources.data),
        resident=form.domicile.data != "non",
        categories=frozenset(form.categories.data or ()),
        children={int(child.key): _school(form, child) for child in form.children},
    )
    habits = sheet.habits(NOBODY, lambda child, offered: _standings(form, child, offered))
    return simulate(habits, ground_of_visitor(visitor), NOBODY, sheet.month)


def _school(form: SimulationForm, child: ChildQuestions) -> SchoolFact:
    said = form.said_of(child)
    school, level = said.get("ecole"), said.get("niveau")
    return SchoolFact(int(school) if school else None, Level(level) if level else None)


def _standings(form: SimulationForm, child: ChildQuestions, offered: Offered) -> Standings:
    at, said = _school(form, child), form.said_of(child, offered.activity.slug)
    return always(
        Place(offered.activity.id, at.school_id, None, at.level),
        Regime(said["regime"]) if "regime" in said else None,
        Formula(said["formule"]) if "formule" in said else Formula.MEAL,
    )


def _edited(sent: MultiDict[str, str]) -> tuple[Answers, int]:
    """The answers once a child is added (with the days of the last) or taken away; how many are left."""
    count = min(max(sent.get("enfants", 1, type=int), 1), MOST_CHILDREN)
    asked = re.fullmatch(r"ajouter|retirer-(\d)", sent.get("faire", ""))
    if asked is None:
        return MultiDict(sent), count
    if asked[1] is None:
        more = min(count + 1, MOST_CHILDREN)
        return _renumbered(sent, lambda n: range(n, more + 1) if n == count else (n,)), more
    gone = int(asked[1])
    return _renumbered(sent, lambda n: () if n == gone else (n - (n > gone),)), max(count - 1, 1)


def _renumbered(sent: MultiDict[str, str], become: Callable[[int], Sequence[int]]) -> Answers:
    """The answers about each child given to the children that its number becomes."""
    answers: list[tuple[str, str]] = []
    for name, value in sent.items(multi=True):
        about = ABOUT_A_CHILD.fullmatch(name)
        if about is None:
            answers.append((name, value))
        else:
            answers += [(f"{about[1]}-{n}{about[3] or ''}", value) for n in become(int(about[2]))]
    return MultiDict(answers)


# -- on one's own children ------------------------------------------------------------


@espace.get("/simulateur", endpoint="simulator")
def my_simulator() -> Response:
    _only_mine(request.args)
    facts, family_id = access.my_facts(), access.me().family_id
    sheet = _sheet(MultiDict(request.args), _my_children)
    own, last = own_ground(family_id, facts), month_end(sheet.month)
    quotient = quotient_in(own, family_id, last)
    found = _mine(sheet, own, quotient) if sheet.is_sent else None
    asked = {child.key for child in sheet.form.children}
    return sheet.page(
        "portal/simulator.html",
        found,
        names={mine.id: mine.child.first_name for mine in access.my_children()},
        quotient=quotient,
        own_cents=_with_my_own(sheet, found, quotient),
        resident=resident_in(own, family_id, last),
        elsewhere=[mine for mine in access.my_children() if str(mine.id) not in asked],
    )


def _mine(sheet: Sheet, own: Ground, quotient: QuotientFact | None) -> Simulation:
    """What my children's habits cost my family, with its quotient or the one I try."""
    facts, family_id, tried = access.my_facts(), access.me().family_id, sheet.form.quotient.data
    if tried is not None:
        own = with_quotient(own, family_id, another(quotient, tried, "celui que vous essayez"))
    standings = {child_id: own_standings(child, family_id) for child_id, child in facts.items()}
    habits = sheet.habits(family_id, lambda child, offered: standings[int(child.key)](offered.activity.id))
    return simulate(habits, own, family_id, sheet.month)


def _with_my_own(sheet: Sheet, found: Simulation | None, quotient: QuotientFact | None) -> int | None:
    """What the same month costs with the quotient that we have, when another one is tried."""
    if found is None or sheet.form.quotient.data is None:
        return None
    return found.at(quotient.value if quotient else None).total_cents


def _only_mine(sent: Mapping[str, str]) -> None:
    """A child of another family does not exist here either."""
    for name in sent:
        about = ABOUT_A_CHILD.fullmatch(name)
        if about is not None:
            access.my_child(int(about[2]))


def _my_children(offered: Sequence[Offered], month: date) -> list[ChildQuestions]:
    """My children whose days of that month are billed to my family, with the days they already have."""
    facts, family_id = access.my_facts(), access.me().family_id
    usual = {} if request.args else usual_weekdays(facts, family_id, month)
    children = []
    for mine in access.my_children():
        child, last = facts[mine.id], month_end(month)
        enrolled = {each.id for each in activities_of(child, month)}
        days = [date.fromordinal(n) for n in range(month.toordinal(), last.toordinal() + 1)]
        activities = [
            _questions(each, ticked=sorted(usual.get((mine.id, each.activity.id), ())))
            for each in offered
            if each.activity.id in enrolled
        ]
        if activities and any(child.family_on(day) == family_id for day in days):
            alternating = access.my_view(mine.id).alternates_on(last)
            note = "Garde alternée : seules vos semaines sont comptées." if alternating else ""
            children.append(ChildQuestions(str(mine.id), mine.child.first_name, activities, note=note))
    return children
