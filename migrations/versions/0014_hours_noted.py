"""an anomaly for the presences without the hours that price them

Revision: 0014, after 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = (
    "no_payer",
    "no_quotient",
    "no_sheet",
    "no_school",
    "unusual_amount",
    "negative_total",
    "claim_waiting",
)


def _allow(kinds):
    name, listed = op.f("ck_anomaly_anomaly_kind"), ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("anomaly") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({listed})")


def upgrade() -> None:
    _allow((*KINDS[:3], "no_hours", *KINDS[3:]))


def downgrade() -> None:
    op.execute("DELETE FROM anomaly WHERE kind = 'no_hours'")
    _allow(KINDS)
