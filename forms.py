"""The parents' forms, as a list: their fields stand in fields.py, they stand in entries/ by subject."""

from entries.absences import ClaimForm, ProofForm
from entries.contests import ContestForm
from entries.custody import CustodyForm, SwapForm
from entries.documents import DepositForm
from entries.enrolment import enrolment_form
from entries.family import ChildrenForm, ContactForm, EmailForm, PhonesForm
from entries.family_requests import AddressForm, SituationForm
from entries.health import HealthForm
from entries.mandate import BankDetailsForm, ConfirmForm, SignedMandateForm
from entries.my_data import ErasureForm
from entries.notices import NoticesForm
from entries.quotient import AttestationForm
from entries.requests import AnswerForm, CompletedForm, NewAdultForm, NewChildForm, QuestionForm
from entries.reservations import PeriodForm, TicksForm, ticks_form
from entries.simulator import ActivityQuestions, Asked, ChildQuestions, SimulationForm, simulation_form

__all__ = [
    "ActivityQuestions",
    "AddressForm",
    "AnswerForm",
    "Asked",
    "AttestationForm",
    "BankDetailsForm",
    "ChildQuestions",
    "ChildrenForm",
    "ClaimForm",
    "CompletedForm",
    "ConfirmForm",
    "ContactForm",
    "ContestForm",
    "CustodyForm",
    "DepositForm",
    "EmailForm",
    "ErasureForm",
    "HealthForm",
    "NewAdultForm",
    "NewChildForm",
    "NoticesForm",
    "PeriodForm",
    "PhonesForm",
    "ProofForm",
    "QuestionForm",
    "SignedMandateForm",
    "SimulationForm",
    "SituationForm",
    "SwapForm",
    "TicksForm",
    "enrolment_form",
    "simulation_form",
    "ticks_form",
]
