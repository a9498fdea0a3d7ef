"""prices of a period, caps and yearly fees that were billed

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ONCE = "kind <> 'cap' AND cancelled_on IS NULL AND child_id IS "


def upgrade() -> None:
    kind = sa.Enum(
        "flat", "cap", "fee", name="charge_kind", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "billed_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_line_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_billed_charge_{column}"), ondelete="RESTRICT"
            )
            for column, table in (
                ("invoice_line_id", "invoice_line"),
                ("family_id", "family"),
                ("child_id", "child"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billed_charge")),
    )
    op.create_index("ix_billed_charge_first_day", "billed_charge", ["first_day"])
    op.create_index(op.f("ix_billed_charge_invoice_line_id"), "billed_charge", ["invoice_line_id"])
    _once("child", ["subject", "family_id", "child_id", "first_day"], "NOT NULL")
    _once("family", ["subject", "family_id", "first_day"], "NULL")


def _once(whom: str, columns: list[str], child: str) -> None:
    where = sa.text(ONCE + child)
    op.create_index(
        f"uq_billed_charge_{whom}",
        "billed_charge",
        columns,
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_table("billed_charge")
