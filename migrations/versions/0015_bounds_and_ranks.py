"""the least and the most that a price is; fees by the rank of the child, and the most that a family owes

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = {
    "tariff_version": ("floor_cents", "ceiling_cents"),
    "fee": ("rank_from", "rank_to", "family_max_cents"),
}
CHECKS = {
    "tariff_version": {
        "floor": "floor_cents IS NULL OR floor_cents >= 0",
        "ceiling": "ceiling_cents IS NULL OR ceiling_cents >= COALESCE(floor_cents, 0)",
    },
    "fee": {
        "rank_from": "rank_from IS NULL OR rank_from >= 1",
        "rank_to": "rank_to IS NULL OR rank_to >= COALESCE(rank_from, 1)",
        "family_max": "family_max_cents IS NULL OR family_max_cents >= 0",
        "of_a_child": (
            "per_whom = 'child' OR (rank_from IS NULL AND rank_to IS NULL AND family_max_cents IS NULL)"
        ),
    },
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
            for name, condition in CHECKS[table].items():
                batch.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for name in reversed(CHECKS[table]):
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            for column in reversed(columns):
                batch.drop_column(column)
