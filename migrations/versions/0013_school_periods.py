"""prices by the period between two school holidays; fees of those who live in the commune or elsewhere

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UNITS = ("meal", "session", "slice", "hour", "day", "week", "month", "term", "year")
PERIODS = ("day", "week", "month", "term", "year")
LISTS = (
    ("activity", "unit", "price_unit", UNITS),
    ("tariff_row", "unit", "price_unit", UNITS),
    ("tariff_cap", "period", "per", PERIODS),
    ("situation_rule", "nth_period", "per", PERIODS),
)


def _allow(table, column, name, values):
    check, listed = op.f(f"ck_{table}_{name}"), ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(check, type_="check")
        batch.create_check_constraint(check, f"{column} IN ({listed})")


def upgrade() -> None:
    for table, column, name, values in LISTS:
        _allow(table, column, name, (*values[:-2], "period", *values[-2:]))
    with op.batch_alter_table("fee") as batch:
        batch.add_column(sa.Column("resident", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("fee") as batch:
        batch.drop_column("resident")
    for table, column, name, values in LISTS:
        _allow(table, column, name, values)
