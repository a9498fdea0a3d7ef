"""Who enters where. An endpoint without its line here (or without a staff screen) fails the test."""

from __future__ import annotations

from tests.invariants.world import ACTORS, ANONYMOUS, FORGETFUL, NEWCOMER, OWNER, PARENTS, PARTNER, STAFF

# What an answer amounts to.
IN = "in"  # the page, or what its form says
SIGN_IN = "to sign in"
CHANGE = "to change the password"
CGU = "to the CGU"
FORBIDDEN = "forbidden"  # 403
HIDDEN = "hidden"  # 404, as what does not exist

Expected = dict[str, str]


def _expected(parents: Expected, *, anonymous: str, gates: bool, staff: str) -> Expected:
    gated = {NEWCOMER: CHANGE, FORGETFUL: CGU} if gates else {NEWCOMER: IN, FORGETFUL: IN}
    return {ANONYMOUS: anonymous, **gated, **parents, **dict.fromkeys(STAFF, staff)}


ALL_PARENTS = dict.fromkeys(PARENTS, IN)
OWNER_ONLY = {**dict.fromkeys(PARENTS, HIDDEN), OWNER: IN}

PUBLIC = _expected(ALL_PARENTS, anonymous=IN, gates=False, staff=IN)
BY_ADDRESS = dict.fromkeys(ACTORS, HIDDEN)  # no session helps: only the secret address opens it
NOBODY = _expected(dict.fromkeys(PARENTS, HIDDEN), anonymous=HIDDEN, gates=False, staff=HIDDEN)
PARENT = _expected(ALL_PARENTS, anonymous=SIGN_IN, gates=True, staff=FORBIDDEN)
MINE = _expected(OWNER_ONLY, anonymous=SIGN_IN, gates=True, staff=FORBIDDEN)
# What two adults under one roof both open.
HOUSEHOLD = _expected({**OWNER_ONLY, PARTNER: IN}, anonymous=SIGN_IN, gates=True, staff=FORBIDDEN)
SIGNED_IN = _expected(ALL_PARENTS, anonymous=SIGN_IN, gates=True, staff=IN)
# The two gates: reachable from before them, the password's before the CGU's.
OWN_PASSWORD = {**_expected(ALL_PARENTS, anonymous=SIGN_IN, gates=False, staff=IN)}
OWN_CGU = {**OWN_PASSWORD, NEWCOMER: CHANGE}
STAFF_HOME = _expected(dict.fromkeys(PARENTS, FORBIDDEN), anonymous=SIGN_IN, gates=True, staff=IN)

ACCESSES: dict[str, Expected] = {
    # open pages
    "public.home": PUBLIC,
    "public.news_item": PUBLIC,
    "public.all_news": PUBLIC,
    "public.practical_pages": PUBLIC,
    "public.practical_page": PUBLIC,
    "public.documents": PUBLIC,
    "public.document": PUBLIC,
    "public.document_version": PUBLIC,
    "public.menus": PUBLIC,
    "public.picture": PUBLIC,
    "public.service_state": PUBLIC,
    "public.site_map": PUBLIC,
    "public.prices": PUBLIC,
    "public.simulator": PUBLIC,
    "public.accessibility": PUBLIC,
    "public.legal_notice": PUBLIC,
    "public.privacy": PUBLIC,
    "public.health": PUBLIC,
    # signing in
    "security.login": PUBLIC,
    "security.forgot_password": PUBLIC,
    "security.reset_password": PUBLIC,
    "security.logout": PUBLIC,
    "security.change_password": OWN_PASSWORD,
    "signin.cgu": OWN_CGU,
    "signin.accept_cgu": OWN_CGU,
    "signin.arrival": SIGNED_IN,
    # the parents' space
    "portal.home": PARENT,
    "portal.help_page": PARENT,
    "portal.family": PARENT,
    "portal.adult": HOUSEHOLD,
    "portal.confirm_family": PARENT,
    "portal.own_details": PARENT,
    "portal.own_phones": PARENT,
    "portal.own_email": PARENT,
    "portal.drop_email_change": PARENT,
    "portal.confirm_email": PARENT,
    "portal.change_address": PARENT,
    "portal.change_situation": PARENT,
    "portal.entourage": PARENT,
    "portal.new_contact": PARENT,
    "portal.edit_contact": MINE,
    "portal.remove_contact": MINE,
    "portal.move_contact": MINE,
    "portal.move_caller": MINE,
    "portal.reservations": PARENT,
    "portal.simulator": PARENT,
    "portal.dashboard": PARENT,
    "portal.usual": PARENT,
    "portal.book_usual": PARENT,
    "portal.notices": PARENT,
    "portal.choose_notices": PARENT,
    "portal.agenda": PARENT,
    "portal.my_data_page": PARENT,
    "portal.download_my_data": PARENT,
    "portal.ask_erasure": PARENT,
    "portal.change_agenda": PARENT,
    "public.feed": BY_ADDRESS,  # tests/portal/test_usual_week.py
    "portal.town_documents": PARENT,
    "portal.invoices": PARENT,
    "portal.ask_question": PARENT,
    "portal.direct_debit": PARENT,
    "portal.debit_account": PARENT,
    "portal.debit_edition": PARENT,
    "portal.debit_return": PARENT,
    "portal.debit_sending": PARENT,
    "portal.debit_paper": MINE,
    "portal.debit_end": MINE,
    "portal.my_quotient": PARENT,
    "portal.send_attestation": PARENT,
    "portal.absences": PARENT,
    "portal.justify": PARENT,
    "portal.claim_absence": PARENT,
    "portal.absent_today": PARENT,
    "portal.tell_absent": PARENT,
    "portal.absence": MINE,
    "portal.join_proof": MINE,
    "portal.withdraw_claim": MINE,
    "portal.health_chooser": PARENT,
    "portal.child_health": MINE,
    "portal.save_health": MINE,
    "portal.send_form": PARENT,
    "portal.new_member": PARENT,
    "portal.child": MINE,
    "portal.enrolments": MINE,
    "portal.enrol": MINE,
    "portal.tell_custody": MINE,
    "portal.swaps_page": MINE,
    "portal.propose_swap": MINE,
    "portal.swap": MINE,
    "portal.answer_swap": MINE,
    "portal.vault": PARENT,
    "portal.deposit": PARENT,
    "portal.document": MINE,
    "portal.removal": MINE,
    "portal.calendar": MINE,
    "portal.change_calendar": MINE,
    "portal.calendars": PARENT,
    "portal.change_calendars": PARENT,
    "portal.periods": PARENT,
    "portal.book_periods": PARENT,
    "portal.period": MINE,
    "portal.book_period": MINE,
    "portal.receipt": MINE,
    "portal.request_page": MINE,
    "portal.complete_request": MINE,
    "portal.withdraw_request": MINE,
    "portal.receipt_pdf": MINE,
    "portal.undo": MINE,
    "portal.invoice": MINE,
    "portal.invoice_pdf": MINE,
    "portal.pay": MINE,
    "portal.pay_slip": MINE,
    "portal.contest_line": MINE,
    "portal.tax_certificate": PARENT,
}  # fmt: skip
