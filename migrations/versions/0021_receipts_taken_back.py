"""a receipt says which one it takes back

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("receipt") as batch:
        batch.add_column(sa.Column("reverses_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_receipt_reverses_id"), "receipt", ["reverses_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_index(op.f("ix_receipt_reverses_id"), ["reverses_id"])


def downgrade() -> None:
    with op.batch_alter_table("receipt") as batch:
        batch.drop_index(op.f("ix_receipt_reverses_id"))
        batch.drop_constraint(op.f("fk_receipt_reverses_id"), type_="foreignkey")
        batch.drop_column("reverses_id")
