"""A page asks the database a number of questions that does not grow with its rows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.invariants.rows import insert, parent
from tests.invariants.test_access import staff_views
from tests.invariants.world import OWNER, build
from tests.queries import assert_constant, queries_of

# Queries are the same on both engines; timings are not measured here.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

BUDGET = 10
# Pages where several subjects say what is coming, or are gathered.
BUDGETS = {
    "/espace/": 14,
    "/espace/quotient-familial": 14,
    "/espace/tableau-de-bord": 13,
    "/espace/absences": 16,
    "/espace/absences/aujourdhui": 12,
    "/espace/absences/justifier": 12,
    "/espace/factures/{number}/lignes/1/contester": 14,
}
PARENT_PAGES = (
    "/espace/",
    "/espace/aide",
    "/espace/famille",
    "/espace/famille/adultes/{guardian_id}",
    "/espace/coordonnees",
    "/espace/pieces",
    "/espace/enfants/{child_id}/inscriptions",
    "/espace/entourage",
    "/espace/reservations",
    "/espace/simulateur",
    "/espace/simulateur?mois=2026-11&jours-{child_id}-cantine=1&quotient=700",
    "/espace/tableau-de-bord",
    *(page for page in BUDGETS if "absences" in page),
    "/espace/quotient-familial",
    "/espace/sante",
    "/espace/enfants/{child_id}/sante",
    "/espace/factures",
    "/espace/enfants/{child_id}",
    "/espace/enfants/{child_id}/reservations/cantine",
    "/espace/reservations/cantine",
    "/espace/reservations/cantine?mois=2026-11",
    "/espace/factures/{number}",
    "/espace/factures/{number}/payer",
    "/espace/factures/{number}/lignes/1/contester",
    "/espace/prelevement",
    "/espace/prelevement/mandat",
    "/espace/recus/{receipt_id}",
    "/espace/agenda",
    "/espace/comme-d-habitude",
    "/espace/coordonnees/adresse",
    "/espace/demarches/nouvelle/formulaire",
    "/espace/demarches/nouvelle/nouveau-membre?qui=adulte",
    "/espace/demarches/nouvelle/nouveau-membre?qui=enfant",
    "/espace/demarches/nouvelle/question",
    "/espace/demarches/{request_number}",
    "/espace/documents-mairie",
    "/espace/enfants/{child_id}/garde",
    "/espace/enfants/{child_id}/echanges",
    "/espace/enfants/{child_id}/reservations/cantine/periode",
    "/espace/mes-donnees",
    "/espace/notifications",
    "/espace/reservations/cantine/periode",
    "/espace/situation",
    "/menus",
    "/plan-du-site",
)


@pytest.mark.parametrize("page", PARENT_PAGES)
def test_a_parents_page_is_within_its_budget_however_large_the_family(app, page):
    world = build(app)
    owner = world.accounts[OWNER]
    client = factories.sign_in(app.test_client(), owner)
    guardian_id, path = owner.guardian.id, page.format(**world.ids)

    def one_more_child() -> None:
        guardian = db.session.get(type(owner.guardian), guardian_id)
        child = factories.child(guardian.family, f"Enfant {len(guardian.guardianships)}")
        factories.guardianship(guardian, child)
        for day in range(3):
            factories.booking(child, date(2026, 11, 9) + timedelta(days=day))
        _one_more_invoice(guardian.family_id, guardian_id)

    budget = BUDGETS.get(page, BUDGET)
    assert assert_constant(client, path, one_more_child) <= budget, "\n".join(queries_of(client, path))


def _one_more_invoice(family_id: int, payer_id: int) -> None:
    table, day = db.metadata.tables["invoice"], date(2026, 9, 30)
    row = {"family_id": family_id, "payer_id": payer_id, "announced_on": day, "due_on": day, "month": day}
    invoice = insert(db.session.connection(), table, **row)
    insert(db.session.connection(), db.metadata.tables["invoice_line"], invoice_id=invoice["id"])


def full_row(table: sa.Table) -> None:
    """A row that refers to something wherever it may, as long as its CHECKs agree."""
    connection = db.session.connection()
    optional = {c.name: parent(connection, c) for c in table.columns if c.foreign_keys and c.nullable}
    try:
        with connection.begin_nested():
            insert(connection, table, **optional)
    except sa.exc.IntegrityError:
        insert(connection, table)


def test_a_staff_list_asks_as_much_for_ten_rows_as_for_two(app):
    client = factories.sign_in(app.test_client(), factories.staff(Role.ADMINISTRATOR))
    grew = []
    for view in staff_views(app).values():
        table = getattr(getattr(view, "table", None), "__table__", None)
        if table is None or table.name == "commune":
            continue
        for _ in range(2):
            full_row(table)
        db.session.commit()
        try:
            assert_constant(client, f"{view.url}/", lambda table=table: full_row(table), times=8)
        except AssertionError as error:
            grew.append(str(error).splitlines()[0])
    assert not grew, "\n".join(grew)
