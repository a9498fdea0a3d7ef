"""the insurance of a child is each household's own; how long a child's health is kept

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOVED = (("insurer", sa.String(length=120)), ("policy_number", sa.String(length=60)))


def upgrade() -> None:
    op.create_table(
        "child_insurance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in MOVED),
        sa.Column("insured_until", sa.Date(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{target}_id"],
                [f"{target}.id"],
                name=op.f(f"fk_child_insurance_{target}_id"),
                ondelete="RESTRICT",
            )
            for target in ("child", "family")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_insurance")),
        sa.UniqueConstraint("child_id", "family_id", name=op.f("uq_child_insurance_child_id_family_id")),
    )
    op.create_index(op.f("ix_child_insurance_family_id"), "child_insurance", ["family_id"])
    with op.batch_alter_table("child_health") as batch:
        for name in ("insurer", "policy_number", "insured_until"):
            batch.drop_column(name)
    with op.batch_alter_table("commune") as batch:
        batch.add_column(sa.Column("health_keep_days", sa.Integer(), nullable=False, server_default="31"))
        batch.create_check_constraint(op.f("ck_commune_health_keep_days"), "health_keep_days >= 0")
    with op.batch_alter_table("commune") as batch:
        batch.alter_column("health_keep_days", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("commune") as batch:
        batch.drop_constraint(op.f("ck_commune_health_keep_days"), type_="check")
        batch.drop_column("health_keep_days")
    with op.batch_alter_table("child_health") as batch:
        for name, kind in MOVED:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        batch.add_column(sa.Column("insured_until", sa.Date(), nullable=True))
    with op.batch_alter_table("child_health") as batch:
        for name, _ in MOVED:
            batch.alter_column(name, server_default=None)
    op.drop_table("child_insurance")
