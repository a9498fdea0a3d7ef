"""the household a contact comes from, an adult's situation and « je confirme », e-mails to confirm

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATUSES = ("single", "married", "pacs", "cohabiting", "separated", "divorced", "widowed")
# A contact known before was given by the family of the child's latest custody.
HOUSEHOLD = """
UPDATE contact SET family_id = (
    SELECT custody.family_id FROM custody WHERE custody.child_id = contact.child_id
    ORDER BY custody.first_day DESC LIMIT 1
)
"""


def upgrade() -> None:
    with op.batch_alter_table("contact") as batch:
        batch.add_column(sa.Column("family_id", sa.Integer(), nullable=True))
    op.execute(HOUSEHOLD)
    with op.batch_alter_table("contact") as batch:
        batch.alter_column("family_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            op.f("fk_contact_family_id"), "family", ["family_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_index(op.f("ix_contact_family_id"), ["family_id"])
    _open_guardian()
    _open_email_change()


def _open_guardian() -> None:
    listed = ", ".join(f"'{status}'" for status in STATUSES)
    with op.batch_alter_table("guardian") as batch:
        batch.add_column(sa.Column("marital_status", sa.String(20), nullable=True))
        batch.add_column(sa.Column("occupation", sa.String(80), nullable=False, server_default=""))
        batch.add_column(sa.Column("employer", sa.String(120), nullable=False, server_default=""))
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(op.f("ck_guardian_marital_status"), f"marital_status IN ({listed})")
    with op.batch_alter_table("guardian") as batch:
        batch.alter_column("occupation", existing_type=sa.String(80), server_default=None)
        batch.alter_column("employer", existing_type=sa.String(120), server_default=None)


def _open_email_change() -> None:
    op.create_table(
        "email_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["guardian_id"],
            ["guardian.id"],
            name=op.f("fk_email_change_guardian_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
        sa.UniqueConstraint("guardian_id", name=op.f("uq_email_change_guardian_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_email_change_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("email_change")
    with op.batch_alter_table("guardian") as batch:
        batch.drop_constraint(op.f("ck_guardian_marital_status"), type_="check")
        for column in ("confirmed_at", "employer", "occupation", "marital_status"):
            batch.drop_column(column)
    with op.batch_alter_table("contact") as batch:
        batch.drop_index(op.f("ix_contact_family_id"))
        batch.drop_constraint(op.f("fk_contact_family_id"), type_="foreignkey")
        batch.drop_column("family_id")
