"""how many days a week a price is for

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHECKS = {
    "days_from": "days_from IS NULL OR days_from BETWEEN 1 AND 7",
    "days_to": "days_to IS NULL OR (days_to <= 7 AND days_to >= COALESCE(days_from, 1))",
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
