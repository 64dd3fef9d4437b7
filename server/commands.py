"""All commands of `flask`. See `docs/operations.md`."""

from server.activities import cli as activities_cli
from server.cases import cli as cases_cli
from server.cases.retention import cli as retention_cli
from server.clocks import cli as clocks
from server.core import cli as core_cli
from server.me import accounts_cli, corrections_cli
from server.me import cli as me_cli
from server.notices import cli as notices_cli
from server.seats import cli as seats_cli
from server.stations import cli as stations_cli
from server.unions import cli as unions_cli
from server.unions.duty import cli as duty_cli
from server.unions.staff import audit_cli
from server.unions.staff import cli as staff_cli

COMMANDS = (
    core_cli.jobs,
    core_cli.keys,
    audit_cli.cli,
    clocks.holidays,
    seats_cli.cli,
    activities_cli.cli,
    cases_cli.cli,
    retention_cli.cli,
    stations_cli.stations,
    unions_cli.unions,
    unions_cli.roster,
    duty_cli.cli,
    staff_cli.staff,
    me_cli.verification,
    accounts_cli.accounts,
    notices_cli.notices,
    corrections_cli.corrections,
)
