"""the démarche that a custody comes from

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("custody") as batch:
        batch.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_custody_request_id"), "request", ["request_id"], ["id"], ondelete="RESTRICT"
        )


def downgrade() -> None:
    with op.batch_alter_table("custody") as batch:
        batch.drop_constraint(op.f("fk_custody_request_id"), type_="foreignkey")
        batch.drop_column("request_id")
