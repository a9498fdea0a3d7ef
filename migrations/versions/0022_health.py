"""a child's health and its documents, the documents of a claim, absences told for the day

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SEALED = (
    "allergies",
    "allergy_details",
    "diets",
    "care",
    "doctor_name",
    "doctor_phone",
)


def upgrade() -> None:
    _health()
    for table, column, target in (
        ("health_document", "health_id", "child_health"),
        ("claim_document", "claim_id", "absence_claim"),
    ):
        op.create_table(
            table,
            sa.Column(column, sa.Integer(), nullable=False),
            sa.Column("document_id", sa.Integer(), nullable=False),
            _key_to(table, column, target, "CASCADE"),
            _key_to(table, "document_id", "document"),
            sa.PrimaryKeyConstraint(column, "document_id", name=op.f(f"pk_{table}")),
        )
    _told_absences()


def _health() -> None:
    op.create_table(
        "child_health",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in SEALED),
        sa.Column("has_pai", sa.Boolean(), nullable=False),
        sa.Column("pai_until", sa.Date(), nullable=True),
        sa.Column("vaccines_on", sa.Date(), nullable=True),
        sa.Column("insurer", sa.String(length=120), nullable=False),
        sa.Column("policy_number", sa.String(length=60), nullable=False),
        sa.Column("insured_until", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("has_pai OR pai_until IS NULL", name=op.f("ck_child_health_pai_until")),
        _key_to("child_health", "child_id", "child"),
        _key_to("child_health", "confirmed_by_id", "guardian"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_health")),
        sa.UniqueConstraint("child_id", name=op.f("uq_child_health_child_id")),
    )


def _told_absences() -> None:
    op.create_table(
        "told_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        _key_to("told_absence", "child_id", "child"),
        _key_to("told_absence", "activity_id", "activity"),
        _key_to("told_absence", "family_id", "family"),
        _key_to("told_absence", "told_by_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_absence")),
        sa.UniqueConstraint(
            "child_id", "activity_id", "day", name=op.f("uq_told_absence_child_id_activity_id_day")
        ),
    )
    op.create_index("ix_told_absence_day", "told_absence", ["day"])
    op.create_index(op.f("ix_told_absence_family_id"), "told_absence", ["family_id"])


def _key_to(table: str, column: str, target: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )


def downgrade() -> None:
    for table in ("told_absence", "claim_document", "health_document", "child_health"):
        op.drop_table(table)
