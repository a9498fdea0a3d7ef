"""Two people at once, for good: threads with sessions of their own, on both engines."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import jobs
import models
from extensions import db
from operations import actors, billing, outbox, payments
from operations.attendance import close_sheet, open_sheet
from operations.changes import Late, change_days
from operations.configuration import configuration
from operations.day_facts import minute_of
from rules.presence_hours import Hours
from rules.refusals import Refused
from rules.vocabulary import BookingState, PaymentMethod, Presence, Role, SheetState
from tests import factories, ledger
from tests.operations.test_attendance_hours import timed_evening
from tests.portal.homes import FRI, MON, THU, TUE, calendar_url, martin, second_parent

T = TypeVar("T")
PARIS = ZoneInfo("Europe/Paris")
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
MEALS = [date(2026, 9, day) for day in (1, 3, 4, 7, 8)]
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def at_once(app: Flask, *works: Callable[[], T]) -> list[T]:
    """Do these works in as many threads that start together, each with a context and a session of its own."""
    db.session.commit()
    start = threading.Barrier(len(works))

    def do(work: Callable[[], T]) -> T:
        with app.app_context():
            start.wait(timeout=10)
            return work()

    with ThreadPoolExecutor(len(works)) as pool:
        done = list(pool.map(do, works))
    db.session.rollback()
    return done


def said(work: Callable[[], object]) -> Callable[[], str]:
    """The work, committed; what it was refused with, or nothing."""

    def do() -> str:
        try:
            work()
        except Refused as refusal:
            db.session.rollback()
            return refusal.sentence
        db.session.commit()
        return ""

    return do


def sound() -> bool:
    """The base keeps every promise of tests.ledger."""
    found = ledger.problems(db.session.connection())
    db.session.rollback()
    assert not found, "\n".join(found)
    return True


def count(table: type[object]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


# -- the same days --------------------------------------------------------------------------


class Form:
    """A calendar's form as somebody's browser holds it, ready to be sent."""

    def __init__(self, client: FlaskClient, child: models.Child) -> None:
        self.client, self.url = client, calendar_url(child)
        token = TOKEN.search(client.get(self.url).text)
        assert token is not None
        self.token = token[1]

    def sending(self, ticked: Iterable[date], seen: Iterable[date]) -> Callable[[], TestResponse]:
        data = {
            "csrf_token": self.token,
            "jour": [day.isoformat() for day in ticked],
            "vu": [day.isoformat() for day in seen],
            "etape": "enregistrer",
        }
        return lambda: self.client.post(self.url, data=data)


def states() -> dict[date, BookingState]:
    rows = {row.day: row.state for row in db.session.scalars(sa.select(models.Booking))}
    db.session.rollback()
    return rows


def booked() -> set[date]:
    return {day for day, state in states().items() if state is BookingState.BOOKED}


@pytest.fixture
def home(app: Flask) -> tuple[Form, Form]:
    """The forms of Claire and of Paul, on Léa's week of 14 September."""
    household = martin()
    paul = second_parent(household)
    claire = factories.sign_in(app.test_client(), household.claire)
    other = factories.sign_in(app.test_client(), paul)
    return Form(claire, household.lea), Form(other, household.lea)


def test_two_parents_book_and_cancel_the_same_days(app, home):
    """Each one's differences apply, whoever comes first; a day has one row and its receipts agree."""
    claire, paul = home
    for _ in range(4):
        answers = at_once(app, claire.sending({MON, TUE}, ()), paul.sending({TUE, THU}, ()))
        assert [answer.status_code for answer in answers] == [303, 303]
        assert booked() == {MON, TUE, THU}
        assert sound()
        seen = {MON, TUE, THU}
        answers = at_once(app, claire.sending({THU}, seen), paul.sending({TUE, THU, FRI}, seen))
        assert [answer.status_code for answer in answers] == [303, 303]
        assert booked() == {THU, FRI}
        assert sound()
        assert claire.sending((), {THU, FRI})().status_code == 303
        assert booked() == set()
    assert set(states()) == {MON, TUE, THU, FRI}


def test_one_books_what_the_other_cancels(app, home):
    """Whoever is last decides, and the receipts say so."""
    claire, paul = home
    claire.sending({MON}, ())()
    for _ in range(4):
        answers = at_once(
            app, claire.sending((), {MON}), paul.sending({MON, TUE}, {MON}), claire.sending({MON}, ())
        )
        assert [answer.status_code for answer in answers] == [303] * 3
        assert TUE in booked()
        assert sound()
        paul.sending({MON}, {TUE})()
        assert booked() == {MON}


def test_the_same_form_sent_twice_gives_one_receipt(app, home):
    send = home[0].sending({MON, THU}, ())
    answers = at_once(app, send, send, send, send)
    assert [answer.status_code for answer in answers] == [303] * 4
    assert booked() == {MON, THU}
    assert (count(models.Receipt), count(models.ReceiptLine), count(models.Outbox)) == (1, 2, 1)
    assert sound()


# -- the month --------------------------------------------------------------------------------


@pytest.fixture
def families(app: Flask) -> list[models.Family]:
    """Twelve families who ate five times in September, once the month is over."""
    app.extensions["clock"].set(datetime(2026, 11, 2, 9, 0, tzinfo=PARIS))
    made = []
    for number in range(12):
        family = factories.family(f"Durand {number:02d}", qf="700")
        child = factories.child(family)
        factories.parent(family, child, payer=True)
        for day in MEALS:
            factories.booking(child, day)
        made.append(family)
    db.session.commit()
    return made


def now(app: Flask) -> datetime:
    return app.extensions["clock"].now()


def prepare(app: Flask, month: date) -> Callable[[], object]:
    return lambda: billing.prepare_month(month, by=actors.SYSTEM, now=now(app))


def issue(app: Flask, month: date) -> Callable[[], object]:
    return lambda: billing.issue_month(month, now(app).date(), by=actors.SYSTEM, now=now(app))


def test_two_agents_issue_the_same_month(app, families):
    said(prepare(app, SEPTEMBER))()
    sentences = sorted(at_once(app, said(issue(app, SEPTEMBER)), said(issue(app, SEPTEMBER))))
    assert sentences == ["", "Aucun brouillon pour septembre 2026 : préparez d’abord le mois."]
    assert (count(models.Invoice), count(models.BilledDay)) == (12, 12 * len(MEALS))
    assert count(models.Outbox) == 12
    assert sound()


def test_two_agents_click_on_issue_at_once(app, families):
    """Through their screens: one sees the month issued, the other reads why it was not twice."""
    said(prepare(app, SEPTEMBER))()
    agents = [factories.sign_in(app.test_client(), factories.staff(Role.ADMINISTRATOR)) for _ in range(2)]
    url = "/admin/facturation/emettre/?mois=2026-09"
    pages = [agent.get(url).text for agent in agents]
    forms = [
        {"csrf_token": TOKEN.search(page)[1], "vu": re.search(r'name="vu"[^>]* value="([^"]+)"', page)[1]}
        | {"announced_on": "2026-11-02", "mois": "2026-09"}
        for page in pages
    ]
    answers = at_once(
        app, *(lambda a=a, f=f: a.post(url, data=f) for a, f in zip(agents, forms, strict=True))
    )
    assert all(answer.status_code in (303, 422) for answer in answers)
    assert "303" in {str(answer.status_code) for answer in answers}
    assert (count(models.Invoice), count(models.BilledDay)) == (12, 12 * len(MEALS))
    assert sound()


def test_two_months_issued_at_once_share_the_numbers(app, families):
    """Days of September not billed yet belong to October's bills too: only one of the two was seen right."""
    for child in db.session.scalars(sa.select(models.Child)):
        for day in (1, 2, 5, 6, 8):
            factories.booking(child, date(2026, 10, day))
    said(prepare(app, SEPTEMBER))()
    said(prepare(app, OCTOBER))()
    refused = [each for each in at_once(app, said(issue(app, SEPTEMBER)), said(issue(app, OCTOBER))) if each]
    assert all(each.startswith("Depuis la préparation, le mois") for each in refused)
    assert count(models.Invoice) == 12 * (2 - len(refused))
    assert sound()


def test_two_agents_prepare_the_same_month(app, families):
    assert at_once(app, *[said(prepare(app, SEPTEMBER))] * 3) == [""] * 3
    assert count(models.Draft) == 12


def test_nothing_changes_under_the_month_being_issued(app, families):
    """Cancelled before, a meal is not billed and the month is refused; after, cancelling is refused."""
    said(prepare(app, SEPTEMBER))()
    child_id = db.session.scalars(sa.select(models.Child.id).order_by(models.Child.id)).first()
    agent = actors.agent(factories.staff(Role.ADMINISTRATOR))

    def cancel() -> object:
        child = db.session.get_one(models.Child, child_id)
        canteen = configuration().activity("cantine")
        late = Late(excused=True, reason="Certificat reçu")
        return change_days(child, canteen, (), {MEALS[0]}, by=agent, now=now(app), late=late)

    issued, cancelled = at_once(app, said(issue(app, SEPTEMBER)), said(cancel))
    if issued:
        assert "a changé pour Famille Durand 00" in issued and cancelled == ""
    else:
        assert "Déjà facturé" in cancelled
    assert count(models.Invoice) == (0 if issued else 12)
    assert sound()


def test_a_payment_recorded_twice_at_once_is_received_once(app, families):
    said(prepare(app, SEPTEMBER))()
    said(issue(app, SEPTEMBER))()
    invoice_id = db.session.scalars(sa.select(models.Invoice.id).order_by(models.Invoice.id)).first()

    def pay() -> object:
        invoice = db.session.get_one(models.Invoice, invoice_id)
        facts = {"received_on": now(app).date(), "method": PaymentMethod.CHEQUE, "reference": "123"}
        amount = invoice.total_cents
        return payments.record_payment(invoice, amount_cents=amount, by=actors.SYSTEM, now=now(app), **facts)

    sentences = sorted(at_once(app, *[said(pay)] * 3))
    assert sentences == ["", *["Il ne reste que 0,00\u00a0€ à payer sur cette facture."] * 2]
    assert count(models.Payment) == 1


# -- sessions, sheets, papers, mails -----------------------------------------------------------


def test_an_invoice_is_printed_once_for_two_readers(app, families):
    said(prepare(app, SEPTEMBER))()
    said(issue(app, SEPTEMBER))()
    invoice = db.session.scalars(sa.select(models.Invoice).order_by(models.Invoice.id)).first()
    payer, url = invoice.payer, f"/espace/factures/{invoice.number}.pdf"
    clients = [factories.sign_in(app.test_client(), payer) for _ in range(3)]
    answers = at_once(app, *(lambda c=c: c.get(url) for c in clients))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.data for answer in answers}) == 1
    assert count(models.InvoicePdf) == 1


def test_the_sheet_opened_by_two_agents_is_one(app):
    room, agent = factories.school_class("CP"), actors.agent(factories.staff())
    canteen, class_id, school_id = factories.activity().id, room.id, room.school_id

    def open_it() -> object:
        here = db.session.get_one(models.SchoolClass, class_id)
        school = db.session.get_one(models.School, school_id)
        return open_sheet(canteen, here, school, date(2026, 9, 7), by=agent, now=now(app))

    assert at_once(app, *[said(open_it)] * 3) == [""] * 3
    [sheet] = db.session.scalars(sa.select(models.AttendanceSheet))
    assert sheet.state is SheetState.OPEN


def test_a_sheet_closed_by_two_agents_is_one_of_the_two(app):
    home = martin()
    tom = factories.child(home.family, "Tom")
    factories.booking(home.lea, date(2026, 9, 7))
    agents = [actors.agent(factories.staff()) for _ in range(2)]
    room = factories.school_class("CP")
    canteen = factories.activity().id
    opened = open_sheet(canteen, room, room.school, date(2026, 9, 7), by=agents[0], now=now(app))
    sheet_id, lea_id, tom_id = opened.id, home.lea.id, tom.id

    def closing(agent: actors.Actor, present: int) -> Callable[[], object]:
        def close() -> object:
            sheet = db.session.get_one(models.AttendanceSheet, sheet_id)
            return close_sheet(sheet, {present}, by=agent, now=now(app))

        return close

    works = [said(closing(agents[0], lea_id)), said(closing(agents[1], tom_id))]
    assert at_once(app, *works) == ["", ""]
    rows = db.session.execute(sa.select(models.Attendance.child_id, models.Attendance.presence))
    assert sorted(c for c, presence in rows if presence is Presence.PRESENT) in ([lea_id], [tom_id])


def test_an_hour_noted_by_two_agents_is_one_of_the_two(app):
    timed_evening()
    lea_id = martin().lea.id
    agents = [actors.agent(factories.staff()) for _ in range(2)]
    school, evening = factories.school_class("CP").school, factories.activity("garderie-du-soir").id
    sheet_id = open_sheet(evening, None, school, date(2026, 9, 7), by=agents[0], now=now(app)).id

    def closing(agent: actors.Actor, leaves: int) -> Callable[[], object]:
        def close() -> object:
            sheet = db.session.get_one(models.AttendanceSheet, sheet_id)
            return close_sheet(sheet, (), hours={lea_id: Hours(leaves=leaves)}, by=agent, now=now(app))

        return close

    assert at_once(app, said(closing(agents[0], 1065)), said(closing(agents[1], 1080))) == ["", ""]
    assert minute_of(db.session.scalars(sa.select(models.Attendance.left_at)).one()) in (1065, 1080)


def test_a_link_asked_for_twice_at_once_is_sent_once(app):
    email = factories.account(factories.guardian(factories.family())).email
    clients = [app.test_client() for _ in range(3)]
    tokens = [TOKEN.search(each.get("/mot-de-passe-oublie").text)[1] for each in clients]

    def ask(client: FlaskClient, token: str) -> Callable[[], TestResponse]:
        data = {"csrf_token": token, "email": email}
        return lambda: client.post("/mot-de-passe-oublie", data=data)

    answers = at_once(app, *(ask(c, t) for c, t in zip(clients, tokens, strict=True)))
    assert {answer.status_code for answer in answers} <= {200, 302, 303}
    assert count(models.Outbox) == 1


def test_an_adult_activated_by_two_agents_has_one_account(app):
    claire = factories.guardian(factories.family(), email="claire@villars.example").id
    agents = [factories.sign_in(app.test_client(), factories.staff(Role.ADMINISTRATOR)) for _ in range(3)]
    tokens = [TOKEN.search(agent.get("/admin/activation/").text)[1] for agent in agents]

    def activate(agent: FlaskClient, token: str) -> Callable[[], TestResponse]:
        data = {"csrf_token": token, "rowid": claire, "confirme": "oui", "vu": now(app).isoformat()}
        return lambda: agent.post("/admin/activation/envoyer/", data=data)

    answers = at_once(app, *(activate(a, t) for a, t in zip(agents, tokens, strict=True)))
    assert [answer.status_code for answer in answers] == [303] * 3
    guardian = db.session.get_one(models.Guardian, claire)
    assert guardian.account is not None
    assert guardian.account.email == "claire@villars.example"


def test_the_terms_accepted_twice_at_once(app):
    account = factories.account(factories.guardian(factories.family()), accepted_cgu=False)
    client = factories.sign_in(app.test_client(), account)
    page = client.get("/espace/cgu").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    data = {"csrf_token": TOKEN.search(page)[1], "version": version, "accepte": "oui"}
    answers = at_once(app, *[lambda: client.post("/espace/cgu", data=data)] * 3)
    assert [answer.status_code for answer in answers] == [303] * 3
    assert count(models.CguAcceptance) == 1


def test_five_wrong_passwords_at_once_are_all_counted(app):
    email = factories.account(factories.guardian(factories.family())).email
    visitors = [app.test_client() for _ in range(5)]
    tokens = [TOKEN.search(visitor.get("/connexion").text)[1] for visitor in visitors]

    def guess(visitor: FlaskClient, token: str) -> Callable[[], TestResponse]:
        data = {"csrf_token": token, "email": email, "password": "Un-autre-Mot-1"}
        return lambda: visitor.post("/connexion", data=data)

    answers = at_once(app, *(guess(v, t) for v, t in zip(visitors, tokens, strict=True)))
    assert [answer.status_code for answer in answers] == [200] * 5
    [counter] = db.session.scalars(sa.select(models.SignInFailure))
    assert counter.failures == 5
    assert counter.locked_until is not None
    assert count(models.Outbox) == 1


def test_two_senders_send_each_mail_once(app):
    letters = [
        outbox.Letter("essai", f"{n}@villars.example", "Essai", "Bonjour", f"essai-{n}") for n in range(60)
    ]
    outbox.post_many(letters, now=now(app))
    gone = at_once(app, *[lambda: jobs.drain_outbox(now(app))] * 3)
    assert sum(gone) == 60
    received = sorted(mail.recipient for mail in app.extensions["mail"].sent)
    assert received == sorted(letter.recipient for letter in letters)
