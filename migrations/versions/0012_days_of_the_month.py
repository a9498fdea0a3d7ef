"""how many days of the month a price is for

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CHECKS = {
    "month_from": "month_from IS NULL OR month_from BETWEEN 1 AND 31",
    "month_to": "month_to IS NULL OR (month_to <= 31 AND month_to >= COALESCE(month_from, 1))",
}
TABLES = ("tariff_row", "tariff_modifier", "tariff_cap")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            for name in CHECKS:
                batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            for name, condition in CHECKS.items():
                batch.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            for name in reversed(CHECKS):
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
                batch.drop_column(name)
