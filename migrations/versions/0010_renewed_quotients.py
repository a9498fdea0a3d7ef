"""quotients renewed before the day when the old ones expire

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHECKS = {
    "quotient_renewed": (
        "(quotient_renewed_month IS NULL) = (quotient_renewed_day IS NULL) AND "
        "(quotient_renewed_month IS NULL OR quotient_expires_month IS NOT NULL)"
    ),
    "quotient_renewed_date": (
        "(quotient_renewed_month IS NULL OR quotient_renewed_month BETWEEN 1 AND 12) AND "
        "(quotient_renewed_day IS NULL OR quotient_renewed_day BETWEEN 1 AND 31)"
    ),
}
COLUMNS = ("quotient_renewed_month", "quotient_renewed_day")


def upgrade() -> None:
    with op.batch_alter_table("commune") as batch:
        for name in COLUMNS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_commune_{name}"), condition)


def downgrade() -> None:
    with op.batch_alter_table("commune") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_commune_{name}"), type_="check")
        for name in COLUMNS:
            batch.drop_column(name)
