"""the vault of supporting documents, and those that the services ask for

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KINDS = (
    "home_proof",
    "identity",
    "family_book",
    "judgment",
    "quotient",
    "tax_notice",
    "insurance",
    "medical",
    "pai",
    "vaccines",
    "signed_mandate",
    "bank_details",
    "form",
    "other",
)


def closed_list(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def refers(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("kind", closed_list("document_kind", *KINDS), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("storage_key", sa.String(length=80), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_size")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_document_name")),
        sa.CheckConstraint("seen_by_id IS NULL OR seen_at IS NOT NULL", name=op.f("ck_document_seen")),
        sa.CheckConstraint("removed_at >= added_at", name=op.f("ck_document_removed")),
        refers("document", "guardian_id", "guardian"),
        refers("document", "family_id", "family"),
        refers("document", "child_id", "child"),
        refers("document", "seen_by_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document") as batch:
        batch.create_index("ix_document_guardian_id_sha256", ["guardian_id", "sha256"], unique=False)
        batch.create_index(batch.f("ix_document_family_id"), ["family_id"], unique=False)
        batch.create_index(batch.f("ix_document_child_id"), ["child_id"], unique=False)
    op.create_table(
        "document_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", closed_list("document_kind", *KINDS), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("per_whom", closed_list("per_whom", "child", "family"), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("is_compulsory", sa.Boolean(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_document_need_period")),
        sa.CheckConstraint(
            "activity_id IS NULL OR service_id IS NULL", name=op.f("ck_document_need_subject")
        ),
        refers("document_need", "activity_id", "activity"),
        refers("document_need", "service_id", "service"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_need")),
    )


def downgrade() -> None:
    op.drop_table("document_need")
    op.drop_table("document")
