"""« Valider l’inscription »: a child's services for a school year, the règlements, the documents."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request

import models
from extensions import db
from forms import enrolment_form
from gateways import uploads
from operations import requests, year_enrolments
from operations.agenda import is_booked
from operations.configuration import configuration
from operations.document_needs import Expected, expected_of
from operations.requests_enrolment import choice_of
from operations.year_enrolments import Service
from portal import access
from portal.access import MyChild
from portal.documents import taken
from portal.refused import beside
from portal.requests import sent
from portal.room import espace
from rules.documents import OF_THE_SCHOOL_YEAR, has_expired
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind, RequestState

URL = "/enfants/<int:child_id>/inscriptions"


class Enrolling:
    """One child and one campaign: what the page shows and what its form may choose."""

    def __init__(self, mine: MyChild, campaign: models.EnrolmentCampaign) -> None:
        self.mine, self.campaign, self.year = mine, campaign, campaign.school_year
        self.facts = access.my_facts()[mine.id]
        self.first = year_enrolments.first_day(self.year, access.today())
        self.services: list[Service] = year_enrolments.services_of(self.year)
        self.accepted = year_enrolments.accepted_by(access.me().id, mine.id)
        self.asked = year_enrolments.asked_for(mine.id, self.year.id)
        self.expected: list[Expected] = self._expected()

    def _expected(self) -> list[Expected]:
        every = {activity.id for service in self.services for activity in service.activities}
        family_id = access.me().family_id
        household = [self.mine.id] if family_id in self.facts.families else []
        return expected_of({self.mine.id: every}, household, family_id, self.first, access.today())

    @property
    def mine_waiting(self) -> models.Request | None:
        """My own démarche that nobody has decided."""
        waiting = (each for each in self.asked if each.state is not RequestState.ACCEPTED)
        return next((each for each in waiting if each.guardian_id == access.me().id), None)

    @property
    def others(self) -> list[models.Request]:
        """What the other parent has asked for this child; nothing else of it is shown."""
        return [each for each in self.asked if each.guardian_id != access.me().id]

    @property
    def mine_accepted(self) -> models.Request | None:
        done = (each for each in self.asked if each.state is RequestState.ACCEPTED)
        return next((each for each in done if each.guardian_id == access.me().id), None)

    def to_accept(self) -> dict[int, str]:
        """The versions that I have not accepted yet for this child."""
        versions = [each.rules for each in self.services if each.rules is not None]
        return {
            each.id: f"J’ai lu et j’accepte le règlement « {each.service.name} » ({each.name})"
            for each in versions
            if each.id not in self.accepted
        }

    def missing(self) -> dict[int, Expected]:
        return {each.need.id: each for each in self.expected if each.is_missing}

    def prefilled(self) -> dict[int, frozenset[int]]:
        """What was last asked for that year, be it by the other parent; else the present year's."""
        if self.asked:
            return choice_of(self.asked[0].asked)
        return year_enrolments.present_choice(self.facts, self.year, access.today())

    def form(self) -> Any:
        weekdays = {
            activity.id: year_enrolments.weekdays_offered(activity.id, self.year)
            for service in self.services
            for activity in service.activities
        }
        said = {need_id: each.need.said for need_id, each in self.missing().items()}
        chosen = {key: days for key, days in self.prefilled().items() if key in weekdays}
        return enrolment_form(weekdays, self.to_accept(), said, chosen)

    def documents(self, form: Any) -> list[models.Document]:
        """Deposit what was sent, then all that my vault holds and that this enrolment asks for."""
        for need_id, each in self.missing().items():
            yearly = each.need.kind in OF_THE_SCHOOL_YEAR
            taken(
                form,
                each.need.kind,
                self.mine if each.child_id is not None else None,
                name=f"piece-{need_id}",
                only_kind=True,
                expires_on=year_enrolments.last_day(self.year) if yearly else None,
            )
        kinds = {each.need.kind for each in self.expected}
        return [
            each
            for each in access.my_documents()
            if each.kind in kinds
            and each.child_id in (None, self.mine.id)
            and not has_expired(each.expires_on, self.first)
        ]


@espace.get(URL)
def enrolments(child_id: int) -> Any:
    mine = access.my_child(child_id)
    return _page(mine, _enrolling(mine))


@espace.post(URL)
@uploads.takes_files
def enrol(child_id: int) -> Any:
    mine = access.my_child(child_id)
    enrolling = _enrolling(mine)
    if enrolling is None:
        return _page(mine, None), 422
    form = enrolling.form()
    joined = enrolling.documents(form)
    versions = year_enrolments.rules_to_accept(enrolling.services, form.activites.data or ())
    is_whole = form.validate()
    to_accept = enrolling.to_accept()
    if form.check_rules([each.id for each in versions if each.id in to_accept]) and is_whole:
        try:
            return sent(lambda: _submit(enrolling, form, versions, joined))
        except Refused as refusal:
            db.session.rollback()  # what was being accepted is not
            beside(form, refusal)
    return _page(mine, enrolling, form), 422


def _submit(
    enrolling: Enrolling, form: Any, versions: list[models.ServiceRules], joined: list[models.Document]
) -> models.Request:
    me, child, by = access.me(), enrolling.mine.child, access.myself()
    year_enrolments.check_open(enrolling.campaign, g.now)
    year_enrolments.accept_rules(versions, child, me, by=by, now=g.now)
    asked = {
        "school_year_id": enrolling.year.id,
        "activities": {str(each): sorted(form.days_of(each)) for each in form.activites.data},
        "rules": [str(each) for each in versions],
    }
    return requests.submit(
        RequestKind.ENROLMENT,
        me,
        asked,
        child=child,
        documents=joined,
        message=form.message.data or "",
        by=by,
        now=g.now,
    )


def _enrolling(mine: MyChild) -> Enrolling | None:
    """The open campaign that the page is about: the one asked for, or that of the latest year."""
    known = [each for each in year_enrolments.campaigns() if year_enrolments.is_open(each, access.today())]
    wanted = request.values.get("annee")
    found = next((each for each in known if each.school_year.name == wanted), next(iter(known), None))
    return None if found is None else Enrolling(mine, found)


def _page(mine: MyChild, enrolling: Enrolling | None, form: Any = None) -> str:
    day = access.today()
    known = year_enrolments.campaigns()
    return render_template(
        "portal/enrolments/page.html",
        mine=mine,
        enrolling=enrolling,
        form=form or (enrolling.form() if enrolling and not enrolling.mine_waiting else None),
        names={mine.id: mine.child.first_name},
        me=access.me(),
        others=[each for each in known if year_enrolments.is_open(each, day)],
        coming=min((each for each in known if each.opens_on > day), key=lambda c: c.opens_on, default=None),
        closed=max((each for each in known if each.closes_on < day), key=lambda c: c.closes_on, default=None),
        choice=enrolling.prefilled() if enrolling else {},
        activities=configuration().activities,
        for_the_year=year_enrolments.is_for_the_year,
        bookable={each.id for each in configuration().activities.values() if is_booked(each, day)},
    )
