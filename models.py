"""Every table, as a map. The columns stand in tables/, one file per subject."""

from tables.absences import AbsenceClaim, AbsenceClaimDay, AbsencePolicy, ToldAbsence, claim_document
from tables.bookings import Attendance, AttendanceSheet, Booking, Receipt, ReceiptLine
from tables.capacity import Capacity
from tables.certificates import TaxCertificate
from tables.columns import ConfigurationTable, Kept
from tables.custody import CustodySwap
from tables.deadlines import DeadlineDate, DeadlineRule, DeadlineWeekday
from tables.documents import Document, DocumentNeed
from tables.examples import ConfigurationExample
from tables.health import ChildHealth, ChildInsurance, health_document
from tables.mandates import Mandate, MandateDocument
from tables.menus import Dish, Menu
from tables.money import (
    Adjustment,
    Anomaly,
    BilledCharge,
    BilledDay,
    Draft,
    Exclusion,
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoicePdf,
    LineCredit,
    Payment,
    Sending,
)
from tables.notices import CalendarFeed, MutedNotice
from tables.people import (
    Account,
    Child,
    Contact,
    Custody,
    EmailChange,
    Family,
    FamilyCategory,
    Guardian,
    Guardianship,
    Quotient,
    Residence,
    Role,
    SignInFailure,
    account_role,
)
from tables.publications import CguAcceptance, CguVersion, Interruption, News, Page, Picture
from tables.requests import Request, RequestDocument, RequestMessage
from tables.school import (
    Activity,
    Closure,
    Commune,
    Enrolment,
    Holiday,
    School,
    SchoolClass,
    Schooling,
    SchoolYear,
    Service,
    WeekPattern,
)
from tables.tariffs import Fee, SituationRule, TariffCap, TariffModifier, TariffRow, TariffVersion
from tables.town_documents import TownDocument, TownDocumentVersion
from tables.trace import History, Outbox
from tables.triggers import FROZEN, drop_triggers, recreate_triggers, trigger_names
from tables.year_enrolments import EnrolmentCampaign, RulesAcceptance, ServiceRules

__all__ = [
    # people: who sees, who books, who pays
    "Account",
    "Role",
    "account_role",
    "SignInFailure",
    "Family",
    "Guardian",
    "Child",
    "Guardianship",
    "Custody",
    "CustodySwap",
    "Contact",
    "EmailChange",
    "Residence",
    "FamilyCategory",
    "Quotient",
    # school and règlement
    "Commune",
    "SchoolYear",
    "Holiday",
    "School",
    "SchoolClass",
    "Schooling",
    "Service",
    "Activity",
    "WeekPattern",
    "Closure",
    "Capacity",
    "Enrolment",
    "ConfigurationExample",
    "DeadlineRule",
    "DeadlineWeekday",
    "DeadlineDate",
    "TariffVersion",
    "TariffRow",
    "TariffModifier",
    "TariffCap",
    "SituationRule",
    "AbsencePolicy",
    "Fee",
    # bookings and attendance
    "Booking",
    "Receipt",
    "ReceiptLine",
    "AttendanceSheet",
    "Attendance",
    "AbsenceClaim",
    "AbsenceClaimDay",
    "claim_document",
    "ToldAbsence",
    # health
    "ChildHealth",
    "ChildInsurance",
    "health_document",
    # money
    "Draft",
    "Anomaly",
    "Adjustment",
    "Exclusion",
    "InvoiceCounter",
    "Invoice",
    "InvoiceLine",
    "BilledDay",
    "BilledCharge",
    "InvoicePdf",
    "Sending",
    "Payment",
    "LineCredit",
    "Mandate",
    "MandateDocument",
    "TaxCertificate",
    # démarches
    "Request",
    "RequestDocument",
    "RequestMessage",
    # papers that families give
    "EnrolmentCampaign",
    "ServiceRules",
    "RulesAcceptance",
    "Document",
    "DocumentNeed",
    # what the town hall publishes
    "News",
    "Page",
    "Picture",
    "Interruption",
    "TownDocument",
    "TownDocumentVersion",
    "Menu",
    "Dish",
    "CguVersion",
    "MutedNotice",
    "CalendarFeed",
    "CguAcceptance",
    # traces
    "Outbox",
    "History",
    # marks and triggers
    "ConfigurationTable",
    "Kept",
    "FROZEN",
    "drop_triggers",
    "recreate_triggers",
    "trigger_names",
]
