"""swaps of days between the two households of an alternating custody

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

from extensions import UtcInstant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATES = ("proposed", "accepted", "declined", "cancelled")
CHANNELS = ("portal", "counter", "phone", "paper", "system", "import")
CHECKS = {
    "period": "last_day >= first_day",
    "back": "(back_first_day IS NULL) = (back_last_day IS NULL)",
    "back_period": "back_last_day >= back_first_day",
    "two_families": "family_id <> from_family_id",
    "closed": "(state = 'proposed') = (closed_at IS NULL)",
}
REFERS = {
    "child_id": "child",
    "family_id": "family",
    "from_family_id": "family",
    "proposed_by_id": "guardian",
    "closed_by_id": "account",
}


def _listed(name, values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    op.create_table(
        "custody_swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("from_family_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("back_first_day", sa.Date(), nullable=True),
        sa.Column("back_last_day", sa.Date(), nullable=True),
        sa.Column("state", _listed("swap_state", STATES), nullable=False),
        sa.Column("channel", _listed("channel", CHANNELS), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", UtcInstant(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcInstant(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("void_from", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_swap")),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_custody_swap_{name}"))
            for name, condition in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_custody_swap_{column}"), ondelete="RESTRICT"
            )
            for column, table in REFERS.items()
        ),
    )
    op.create_index(op.f("ix_custody_swap_child_id"), "custody_swap", ["child_id"])


def downgrade() -> None:
    op.drop_table("custody_swap")
