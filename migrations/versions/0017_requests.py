"""démarches: what families ask, and what is said about it

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = (
    "address",
    "situation",
    "new_member",
    "form",
    "question",
    "quotient",
    "enrolment",
    "mandate",
    "contest",
    "custody",
    "erasure",
)


def closed_list(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def key_to(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", closed_list("request_kind", *KINDS), nullable=False),
        sa.Column(
            "state",
            closed_list("request_state", "waiting", "asked", "accepted", "refused", "withdrawn"),
            nullable=False,
        ),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("invoice_line_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            closed_list("channel", "portal", "counter", "phone", "paper", "system", "import"),
            nullable=False,
        ),
        sa.Column("asked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by_name", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", name=op.f("ck_request_decided")
        ),
        sa.CheckConstraint("state <> 'refused' OR decision <> ''", name=op.f("ck_request_refused")),
        key_to("request", "child_id", "child"),
        key_to("request", "decided_by_id", "account"),
        key_to("request", "family_id", "family"),
        key_to("request", "guardian_id", "guardian"),
        key_to("request", "invoice_line_id", "invoice_line"),
        key_to("request", "owner_id", "account"),
        key_to("request", "submitted_by_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    with op.batch_alter_table("request") as batch_op:
        for column in ("family_id", "guardian_id", "child_id", "invoice_line_id", "owner_id"):
            batch_op.create_index(batch_op.f(f"ix_request_{column}"), [column], unique=False)
        batch_op.create_index("ix_request_state_due_on", ["state", "due_on"], unique=False)
    op.create_table(
        "request_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("from_staff", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_request_message_body")),
        key_to("request_message", "by_id", "account"),
        key_to("request_message", "request_id", "request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_message")),
    )
    with op.batch_alter_table("request_message") as batch_op:
        batch_op.create_index(batch_op.f("ix_request_message_request_id"), ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("request_message")
    op.drop_table("request")
