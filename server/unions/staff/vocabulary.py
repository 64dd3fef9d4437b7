"""What roles are made of."""

from enum import StrEnum


class Right(StrEnum):
    """What somebody may do. `config/roles.yaml` says which role has which."""

    VERIFICATION = "verification"
    """Read and decide verifications."""
    CORRECTIONS = "corrections"
    """Decide what workers ask to have corrected."""
    MEMBERS = "members"
    """Admit members, change their state, see a union's list."""
    UNIONS = "unions"
    """The tree, terms, rosters."""
    CALLS = "calls"
    """Ring up members whom an important message did not reach: their names and phones."""
    STATIONS = "stations"
    ACTIVITIES = "activities"
    CASE_READ = "case.read"
    CASE_WORK = "case.work"
    CASE_DECIDE = "case.decide"
    """Decide over what others have prepared, where a service says that somebody else does."""
    CASE_SIGN = "case.sign"
    """Sign what a service wants the chair's signature for."""
    CASE_ASSIGNED = "case.assigned"
    """Read and work on the cases that were assigned to oneself, and on no others."""
    CASE_OUTSIDE = "case.outside"
    """See what a case is about and what the union wrote for offices outside; never who asks, nor their words."""
    FIGURES = "figures"
    """Numbers without persons."""
    PAYMENTS = "payments"
    """Approved amounts and accounts to pay them to; no story."""
    LEDGER = "ledger"
    """Read what was paid."""
    STAFF_ACCOUNTS = "staff.accounts"
    """Open and close accounts of the staff."""
    STAFF_GRANTS = "staff.grants"
    """Ask for roles and approve what another asked for."""
    DUTY = "duty"
    """Keep the duty roster of an office and of those below it."""
    AUDIT = "audit"
    """Read and verify the audit."""


CASE_RIGHTS = frozenset(
    {
        Right.CASE_READ,
        Right.CASE_WORK,
        Right.CASE_DECIDE,
        Right.CASE_SIGN,
        Right.CASE_ASSIGNED,
        Right.CASE_OUTSIDE,
    }
)
"""Those that a role has for some services."""


class GrantState(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"
    """Taken back, or its time was over when somebody looked."""
