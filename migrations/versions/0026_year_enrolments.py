"""enrolment for a school year, the règlements it accepts, and what makes it provisional

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def refers(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def upgrade() -> None:
    op.create_table(
        "enrolment_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_year_id", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("documents_by", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_enrolment_campaign_period")),
        sa.CheckConstraint("documents_by >= opens_on", name=op.f("ck_enrolment_campaign_documents_by")),
        refers("enrolment_campaign", "school_year_id", "school_year"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_campaign")),
        sa.UniqueConstraint("school_year_id", name=op.f("uq_enrolment_campaign_school_year_id")),
    )
    op.create_table(
        "service_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_service_rules_body")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_service_rules_name")),
        refers("service_rules", "service_id", "service"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_rules")),
        sa.UniqueConstraint("service_id", "first_day", name=op.f("uq_service_rules_service_id_first_day")),
    )
    op.create_table(
        "rules_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rules_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        refers("rules_acceptance", "rules_id", "service_rules"),
        refers("rules_acceptance", "guardian_id", "guardian"),
        refers("rules_acceptance", "child_id", "child"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules_acceptance")),
        sa.UniqueConstraint(
            "rules_id", "guardian_id", "child_id", name=op.f("uq_rules_acceptance_rules_id_guardian_id_child_id")
        ),
    )
    with op.batch_alter_table("rules_acceptance") as batch:
        batch.create_index(batch.f("ix_rules_acceptance_guardian_id"), ["guardian_id"], unique=False)
        batch.create_index(batch.f("ix_rules_acceptance_child_id"), ["child_id"], unique=False)
    with op.batch_alter_table("enrolment") as batch:
        batch.add_column(sa.Column("provisional_until", sa.Date(), nullable=True))
        batch.add_column(
            sa.Column("provisional_for", sa.String(length=300), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("provisional_family_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_enrolment_provisional_family_id"),
            "family",
            ["provisional_family_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch.create_check_constraint(
            op.f("ck_enrolment_provisional"),
            "(provisional_until IS NULL) = (provisional_for = '') "
            "AND (provisional_until IS NULL) = (provisional_family_id IS NULL)",
        )
    with op.batch_alter_table("enrolment") as batch:
        batch.alter_column("provisional_for", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("enrolment") as batch:
        batch.drop_constraint(op.f("ck_enrolment_provisional"), type_="check")
        batch.drop_constraint(op.f("fk_enrolment_provisional_family_id"), type_="foreignkey")
        for column in ("provisional_family_id", "provisional_for", "provisional_until"):
            batch.drop_column(column)
    for table in ("rules_acceptance", "service_rules", "enrolment_campaign"):
        op.drop_table(table)
