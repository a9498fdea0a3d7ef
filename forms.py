"""The parents' forms, as a list: their fields stand in fields.py, they stand in entries/ by subject."""

from entries.absences import ClaimForm, ProofForm
from entries.documents import DepositForm
from entries.family import ChildrenForm, ContactForm, EmailForm, PhonesForm
from entries.family_requests import AddressForm, SituationForm
from entries.health import HealthForm
from entries.mandate import BankDetailsForm, ConfirmForm, SignedMandateForm
from entries.notices import NoticesForm
from entries.requests import AnswerForm, QuestionForm
from entries.reservations import CalendarForm, PeriodForm
from entries.simulator import ActivityQuestions, Asked, ChildQuestions, SimulationForm, simulation_form

__all__ = [
    "ActivityQuestions",
    "AddressForm",
    "AnswerForm",
    "Asked",
    "BankDetailsForm",
    "CalendarForm",
    "ChildQuestions",
    "ChildrenForm",
    "ConfirmForm",
    "ClaimForm",
    "ContactForm",
    "DepositForm",
    "EmailForm",
    "NoticesForm",
    "PeriodForm",
    "HealthForm",
    "ProofForm",
    "QuestionForm",
    "SignedMandateForm",
    "PhonesForm",
    "SimulationForm",
    "SituationForm",
    "simulation_form",
]
