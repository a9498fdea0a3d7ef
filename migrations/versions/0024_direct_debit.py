"""direct debit, credits of contested lines, tax certificates

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STATES = ("draft", "to_sign", "received", "active", "refused", "revoked", "lapsed", "replaced")
CHANNELS = ("portal", "counter", "phone", "paper", "system", "import")
COMMUNE = (
    ("creditor_name", 140),
    ("creditor_address", 200),
    ("ics", 35),
    ("mandate_appointment", 300),
    ("certificate_signatory", 160),
)
INVOICE = {"debit_on": sa.Date(), "debit_rum": sa.String(35), "debit_ics": sa.String(35)}
DEBIT = "(debit_on IS NULL) = (debit_rum IS NULL) AND (debit_on IS NULL) = (debit_ics IS NULL)"
ACTIVE = sa.text("state = 'active'")
UNDER_WAY = sa.text("state IN ('draft', 'to_sign', 'received', 'refused')")


def upgrade() -> None:
    _settings()
    with op.batch_alter_table("invoice") as batch:
        for name, kind in INVOICE.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.create_check_constraint(op.f("ck_invoice_debit"), DEBIT)
        batch.create_index(op.f("ix_invoice_debit_rum"), ["debit_rum"])
    _mandates()
    op.create_table(
        "line_credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_line_id", sa.Integer(), nullable=False),
        sa.Column("adjustment_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_credit")),
        _reference("line_credit", "invoice_line_id", "invoice_line"),
        _reference("line_credit", "adjustment_id", "adjustment"),
        sa.UniqueConstraint("adjustment_id", name=op.f("uq_line_credit_adjustment_id")),
    )
    op.create_index(op.f("ix_line_credit_invoice_line_id"), "line_credit", ["invoice_line_id"])
    op.create_table(
        "tax_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(30), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_certificate")),
        _reference("tax_certificate", "guardian_id", "guardian"),
        sa.UniqueConstraint(
            "guardian_id", "year", "version", name=op.f("uq_tax_certificate_guardian_id_year_version")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_tax_certificate_number")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_tax_certificate_version")),
        sa.CheckConstraint("total_cents > 0", name=op.f("ck_tax_certificate_total")),
    )


def _settings() -> None:
    with op.batch_alter_table("commune") as batch:
        for name, length in COMMUNE:
            batch.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        batch.add_column(sa.Column("debit_days", sa.Integer(), nullable=False, server_default="21"))
        batch.create_check_constraint(op.f("ck_commune_debit_days"), "debit_days BETWEEN 14 AND 62")
    with op.batch_alter_table("activity") as batch:
        batch.add_column(sa.Column("childcare_share", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint(
            op.f("ck_activity_childcare_share"), "childcare_share BETWEEN 0 AND 100"
        )
    # what is paid by the session or the hour is childcare, until the commune says otherwise
    op.execute("UPDATE activity SET childcare_share = 100 WHERE unit IN ('session', 'slice', 'hour')")
    with op.batch_alter_table("commune") as batch:
        for name, _ in (*COMMUNE, ("debit_days", 0)):
            batch.alter_column(name, server_default=None)
    with op.batch_alter_table("activity") as batch:
        batch.alter_column("childcare_share", server_default=None)


def _mandates() -> None:
    op.create_table(
        "mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        _choice("state", STATES, "mandate_state"),
        sa.Column("rum", sa.String(35), nullable=True),
        sa.Column("iban", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.String(length), nullable=False)
            for name, length in (
                ("bic", 11), ("bank", 120), ("holder_name", 140), ("debtor_name", 140), ("debtor_address", 400),
                ("creditor_name", 140), ("creditor_address", 400), ("ics", 35), ("decision", 300),
                ("street", 120), ("street_extra", 120), ("postcode", 10), ("city", 80), ("country", 60),
            )
        ),
        _choice("channel", CHANNELS, "channel"),
        _choice("returned_by", ("portal", "town_hall"), "signed_return", nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("edited_at", "received_at", "activated_at", "ended_at")
        ),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        _reference("mandate", "guardian_id", "guardian"),
        _reference("mandate", "decided_by_id", "account"),
        sa.UniqueConstraint("rum", name=op.f("uq_mandate_rum")),
        sa.CheckConstraint("state IN ('draft', 'revoked') OR rum IS NOT NULL", name=op.f("ck_mandate_rum")),
        sa.CheckConstraint(
            "state NOT IN ('received', 'active') OR received_at IS NOT NULL", name=op.f("ck_mandate_received")
        ),
        sa.CheckConstraint(
            "state <> 'active' OR (signed_on IS NOT NULL AND activated_at IS NOT NULL)",
            name=op.f("ck_mandate_active"),
        ),
        sa.CheckConstraint("state <> 'refused' OR decision <> ''", name=op.f("ck_mandate_refused")),
        sa.CheckConstraint(
            "(state IN ('revoked', 'lapsed', 'replaced')) = (ended_at IS NOT NULL)",
            name=op.f("ck_mandate_ended"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_mandate_guardian_id"), "mandate", ["guardian_id"])
    op.create_index(op.f("ix_mandate_state"), "mandate", ["state"])
    for name, where in (("active", ACTIVE), ("under_way", UNDER_WAY)):
        op.create_index(
            op.f(f"uq_mandate_{name}"),
            "mandate",
            ["guardian_id"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "mandate_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_document")),
        _reference("mandate_document", "mandate_id", "mandate"),
        _reference("mandate_document", "document_id", "document"),
        sa.UniqueConstraint(
            "mandate_id", "document_id", name=op.f("uq_mandate_document_mandate_id_document_id")
        ),
    )
    op.create_index(op.f("ix_mandate_document_document_id"), "mandate_document", ["document_id"])


def _choice(column: str, values: tuple[str, ...], name: str, nullable: bool = False) -> sa.Column:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(column, kind, nullable=nullable)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def downgrade() -> None:
    for table in ("tax_certificate", "line_credit", "mandate_document", "mandate"):
        op.drop_table(table)
    with op.batch_alter_table("invoice") as batch:
        batch.drop_index(op.f("ix_invoice_debit_rum"))
        batch.drop_constraint(op.f("ck_invoice_debit"), type_="check")
        for name in INVOICE:
            batch.drop_column(name)
    with op.batch_alter_table("activity") as batch:
        batch.drop_constraint(op.f("ck_activity_childcare_share"), type_="check")
        batch.drop_column("childcare_share")
    with op.batch_alter_table("commune") as batch:
        batch.drop_constraint(op.f("ck_commune_debit_days"), type_="check")
        for name, _ in (*COMMUNE, ("debit_days", 0)):
            batch.drop_column(name)
