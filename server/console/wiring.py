"""The console's pages, wired together: a page module is added to `PAGES`, its line in the menu to `nav.MENU`."""

import hashlib
import hmac

from flask import Blueprint, Flask, g

from server.cases.wording import for_staff
from server.console import (
    absences,
    activities,
    audit_log,
    boards,
    bulk,
    calls,
    case_acts,
    cases,
    corrections,
    decisions,
    differences,
    duty_roster,
    exchange,
    filling_in,
    guard,
    home,
    imports,
    lists,
    members,
    names,
    new_activity,
    once,
    openings,
    own_account,
    pages,
    payments,
    proxies,
    proxy_accounts,
    queue,
    reminders,
    report,
    role_requests,
    sign_in,
    speaking,
    staff_accounts,
    station_hours,
    station_sheets,
    stations,
    talks,
    terms,
    verification,
    worker_accounts,
)
from server.core.settings import Settings
from server.core.web.guard import register_staff_check
from server.core.web.problems import register_problem_pages

PREFIX = "/console"
PAGES = (
    sign_in.bp,
    home.bp,
    reminders.bp,
    queue.bp,
    bulk.bp,
    report.bp,
    cases.bp,
    case_acts.bp,
    decisions.bp,
    talks.bp,
    boards.bp,
    calls.bp,
    filling_in.bp,
    speaking.bp,
    openings.bp,
    exchange.bp,
    proxies.bp,
    proxy_accounts.bp,
    names.bp,
    own_account.bp,
    absences.bp,
    verification.bp,
    worker_accounts.bp,
    corrections.bp,
    members.bp,
    terms.bp,
    payments.bp,
    activities.bp,
    new_activity.bp,
    stations.bp,
    station_hours.bp,
    station_sheets.bp,
    imports.bp,
    differences.bp,
    lists.bp,
    staff_accounts.bp,
    role_requests.bp,
    duty_roster.bp,
    audit_log.bp,
)


def init_console(app: Flask, settings: Settings) -> None:
    """Serve the console under /console/."""
    app.config.update(
        # Signs the cookie, which holds the token of a session, the form token and what is said once on the next page.
        SECRET_KEY=hmac.digest(settings.signing_key, b"console cookie", hashlib.sha256),
        SESSION_COOKIE_NAME="warmbee_console",
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.production,
        # Forms of the console only; the API knows no cookies.
        WTF_CSRF_CHECK_DEFAULT=False,
        # As long as the session, which ends by itself.
        WTF_CSRF_TIME_LIMIT=None,
        # WTForms' own words in the language of the forms: without Flask-Babel, Flask-WTF would leave them English.
        WTF_I18N_ENABLED=False,
    )
    guard.csrf.init_app(app)
    register_staff_check(app, guard.check)
    register_problem_pages(app, f"{PREFIX}/", pages.problem_page)
    app.register_blueprint(_console())


def _console() -> Blueprint:
    console = Blueprint("console", __name__, url_prefix=PREFIX, template_folder="templates")
    for bp in PAGES:
        console.register_blueprint(bp)
    console.before_request(_forget_form_token)
    console.before_request(guard.check_origin)
    console.before_request(guard.check_text)
    console.app_template_filter("moment")(pages.moment)
    console.app_template_filter("written_out")(pages.written_out)
    console.app_template_filter("day")(pages.day)
    console.app_template_filter("last_day")(pages.last_day)
    console.app_template_filter("for_staff")(for_staff)
    console.app_template_global("icon")(pages.icon)
    console.app_template_global("asset")(pages.asset)
    console.app_template_global("here")(pages.here)
    console.app_template_global("fresh_key")(once.fresh_key)
    return console


def _forget_form_token() -> None:
    # `g` outlives a request where an outer application context does, as in tests; see server/core/web/guard.py.
    g.pop("csrf_token", None)
    g.pop("csrf_valid", None)
