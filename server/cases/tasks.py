"""What happens to cases by itself."""

import structlog

from server.cases.absences import begin_absences
from server.cases.belonging import place_nobodys
from server.cases.escalation import escalate
from server.cases.last_days import remind
from server.cases.ownership import forget_tries
from server.cases.proxies.tying import forget_papers
from server.cases.ratings import ask
from server.cases.running_out import run_out, running_out
from server.cases.unread import pass_on_unread
from server.core.clock import now
from server.core.jobs import periodic

log = structlog.get_logger(__name__)


class CasesNotEndedError(RuntimeError):
    """Some cases could not be moved on; the log names them. The job stays as failed until somebody looks."""


@periodic(name="cases.lapse", cron="*/10 * * * *")
def lapse_cases() -> None:
    """Make the steps that wait for a clock to run out: not supplemented in time, not objected to in time."""
    at = now()
    failed = 0
    for case_id, key in running_out(at=at):
        try:
            if run_out(case_id=case_id, clock_key=key, at=at):
                log.info("case_ran_out", case_id=str(case_id), clock=key)
        except Exception:
            # One case that cannot be moved on must not hold up the others.
            log.exception("case_did_not_run_out", case_id=str(case_id), clock=key)
            failed += 1
    if failed:
        raise CasesNotEndedError(f"{failed} cases")


@periodic(name="cases.escalate", cron="*/5 * * * *")
def escalate_cases() -> None:
    """Tell workers and staff of what is about to run out, or has."""
    gone_off = escalate(at=now())
    if gone_off:
        log.info("alarms_went_off", count=gone_off)


@periodic(name="cases.pass_on_unread", cron="*/5 * * * *")
def pass_on_what_nobody_read() -> None:
    """Tell those above of danger, of what is urgent and of many workers' dispute, where nobody on duty has looked."""
    passed_on = pass_on_unread(at=now())
    if passed_on:
        log.warning("unread_passed_on", count=passed_on)


@periodic(name="cases.place_nobodys", cron="27 18 * * *")
def place_what_lies_with_nobody() -> None:
    """Give what lies with no union to the one that `config/routing.yaml` names for it; at night, as all cases are read.

    What is opened has a union at once: this is for towns that had no district yet. `flask case place` does it now.
    """
    placed = place_nobodys()
    if placed:
        log.warning("nobodys_cases_placed", count=placed)


@periodic(name="cases.begin_absences", cron="3 * * * *")
def begin_standing_in() -> None:
    """Tell who stands in for whom from today on, and of whom nobody can; by the Beijing day, whatever hour it is."""
    begun = begin_absences(at=now())
    if begun:
        log.info("absences_began", count=begun)


@periodic(name="cases.ask_for_ratings", cron="*/10 * * * *")
def ask_for_ratings() -> None:
    """Ask workers how it went: two hours after the answer, and once more after three days."""
    asked = ask(at=now())
    if asked:
        log.info("asked_for_ratings", count=asked)


@periodic(name="cases.remind_of_last_days", cron="7 0-13 * * *")
def remind_of_last_days() -> None:
    """Tell workers that a date comes near by which something has to be done; from eight to nine in the evening here."""
    told = remind(at=now())
    if told:
        log.info("reminded_of_last_days", count=told)


@periodic(name="cases.forget_tries", cron="17 * * * *")
def forget_secret_tries() -> None:
    """Drop counts of wrong secrets that protect nothing any more, and papers that waited too long for a second look."""
    at = now()
    forget_tries(before=at)
    forget_papers(before=at)
