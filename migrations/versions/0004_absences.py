"""absence policies, claims and their days; an anomaly for those that wait

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ANOMALIES = ("no_payer", "no_quotient", "no_sheet", "no_school", "unusual_amount", "negative_total")
UNITS = ("hours", "calendar", "workable", "working", "service", "booked")


def closed_list(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _anomalies(kinds):
    name, listed = op.f("ck_anomaly_anomaly_kind"), ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("anomaly") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({listed})")


def upgrade() -> None:
    _anomalies((*ANOMALIES, "claim_waiting"))
    op.create_table(
        "absence_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            closed_list("channel", "portal", "counter", "phone", "paper", "system", "import"),
            nullable=False,
        ),
        sa.Column(
            "reason",
            closed_list(
                "absence_reason",
                "sickness",
                "hospital",
                "family_event",
                "teacher_absent",
                "school_outing",
                "other",
            ),
            nullable=False,
        ),
        sa.Column("details", sa.String(length=300), nullable=False),
        sa.Column(
            "proof",
            closed_list("proof_kind", "none", "certificate", "sworn", "school_slip", "other"),
            nullable=False,
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "state", closed_list("claim_state", "waiting", "accepted", "refused", "withdrawn"), nullable=False
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_absence_claim_decided"),
        ),
        sa.CheckConstraint("state <> 'refused' OR decision <> ''", name=op.f("ck_absence_claim_refused")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absence_claim_period")),
        sa.CheckConstraint("told_at <= received_at", name=op.f("ck_absence_claim_told")),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_absence_claim_child_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["account.id"],
            name=op.f("fk_absence_claim_decided_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_absence_claim_family_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["guardian.id"], name=op.f("fk_absence_claim_guardian_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["account.id"],
            name=op.f("fk_absence_claim_recorded_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_claim")),
    )
    with op.batch_alter_table("absence_claim") as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_claim_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_claim_family_id"), ["family_id"], unique=False)
        batch_op.create_index("ix_absence_claim_state_received_at", ["state", "received_at"], unique=False)

    op.create_table(
        "absence_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reasons", sa.String(length=200), nullable=True),
        sa.Column("min_days", sa.Integer(), nullable=True),
        sa.Column("max_days", sa.Integer(), nullable=True),
        sa.Column("length_unit", closed_list("length_unit", *UNITS), nullable=False),
        sa.Column("never", sa.Boolean(), nullable=False),
        sa.Column("proofs", sa.String(length=200), nullable=True),
        sa.Column("window_amount", sa.Integer(), nullable=True),
        sa.Column("window_unit", closed_list("window_unit", *UNITS), nullable=False),
        sa.Column("window_minute", sa.Integer(), nullable=False),
        sa.Column(
            "counted_from",
            closed_list("counted_from", "each_day", "first_day", "last_day", "return"),
            nullable=False,
        ),
        sa.Column("notice_minute", sa.Integer(), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("late_notice", closed_list("late_notice", "nothing", "next_days"), nullable=False),
        sa.Column("carence_amount", sa.Integer(), nullable=False),
        sa.Column("carence_unit", closed_list("carence_unit", *UNITS), nullable=False),
        sa.CheckConstraint("carence_unit <> 'hours'", name=op.f("ck_absence_policy_carence_in_days")),
        sa.CheckConstraint("length_unit <> 'hours'", name=op.f("ck_absence_policy_length_in_days")),
        sa.CheckConstraint("window_unit <> 'booked'", name=op.f("ck_absence_policy_window_not_booked")),
        sa.CheckConstraint("carence_amount >= 0", name=op.f("ck_absence_policy_carence")),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_absence_policy_period")
        ),
        sa.CheckConstraint("max_days >= 1", name=op.f("ck_absence_policy_max_days")),
        sa.CheckConstraint("max_days >= min_days", name=op.f("ck_absence_policy_length")),
        sa.CheckConstraint("min_days >= 1", name=op.f("ck_absence_policy_min_days")),
        sa.CheckConstraint("notice_days >= 0", name=op.f("ck_absence_policy_notice_days")),
        sa.CheckConstraint("notice_minute BETWEEN 0 AND 1440", name=op.f("ck_absence_policy_notice_minute")),
        sa.CheckConstraint("window_amount >= 0", name=op.f("ck_absence_policy_window")),
        sa.CheckConstraint("window_minute BETWEEN 0 AND 1440", name=op.f("ck_absence_policy_window_minute")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_absence_policy_activity_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_policy")),
        sa.UniqueConstraint(
            "activity_id",
            "first_day",
            "position",
            name=op.f("uq_absence_policy_activity_id_first_day_position"),
        ),
    )
    op.create_table(
        "absence_claim_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("adjustment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "adjustment_id IS NULL OR (accepted IS NOT NULL AND accepted)",
            name=op.f("ck_absence_claim_day_credited"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_absence_claim_day_activity_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["adjustment_id"],
            ["adjustment.id"],
            name=op.f("fk_absence_claim_day_adjustment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_absence_claim_day_child_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["absence_claim.id"],
            name=op.f("fk_absence_claim_day_claim_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_claim_day")),
        sa.UniqueConstraint(
            "claim_id", "activity_id", "day", name=op.f("uq_absence_claim_day_claim_id_activity_id_day")
        ),
    )
    with op.batch_alter_table("absence_claim_day") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_absence_claim_day_adjustment_id"), ["adjustment_id"], unique=False
        )
        batch_op.create_index("ix_absence_claim_day_day", ["day"], unique=False)
        batch_op.create_index(
            "uq_absence_claim_day_accepted",
            ["child_id", "activity_id", "day"],
            unique=True,
            sqlite_where=sa.text("accepted"),
            postgresql_where=sa.text("accepted"),
        )


def downgrade() -> None:
    op.execute("DELETE FROM anomaly WHERE kind = 'claim_waiting'")
    _anomalies(ANOMALIES)
    with op.batch_alter_table("absence_claim_day") as batch_op:
        batch_op.drop_index(
            "uq_absence_claim_day_accepted",
            sqlite_where=sa.text("accepted"),
            postgresql_where=sa.text("accepted"),
        )
        batch_op.drop_index("ix_absence_claim_day_day")
        batch_op.drop_index(batch_op.f("ix_absence_claim_day_adjustment_id"))

    op.drop_table("absence_claim_day")
    op.drop_table("absence_policy")
    with op.batch_alter_table("absence_claim") as batch_op:
        batch_op.drop_index("ix_absence_claim_state_received_at")
        batch_op.drop_index(batch_op.f("ix_absence_claim_family_id"))
        batch_op.drop_index(batch_op.f("ix_absence_claim_child_id"))

    op.drop_table("absence_claim")
