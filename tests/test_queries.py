import sqlalchemy as sa

from extensions import db
from tests.queries import count_queries


def test_statements_are_counted_and_transactions_are_not(app):
    db.session.commit()
    with count_queries() as queries:
        db.session.execute(sa.text("SELECT 1"))
        db.session.execute(sa.text("SELECT 2"))
        db.session.commit()
    assert queries == ["SELECT 1", "SELECT 2"]
    db.session.execute(sa.text("SELECT 3"))
    assert len(queries) == 2
