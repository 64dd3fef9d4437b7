"""Everything is wired together here, on this one page."""

import gc

import click
from flask import Flask
from flask.cli import AppGroup
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from server.activities import api as activities
from server.activities.personal import ActivityData, give_seats_back
from server.activities.words import ActivityWords
from server.cases import api as cases
from server.cases import tasks as case_tasks
from server.cases.absences import tell_who_left
from server.cases.belonging import on_member_died, on_membership_changed, warnings_of_unplaced
from server.cases.catalogue import init_services, service_warnings
from server.cases.consents import on_consent_withdrawn as tell_cases_of_withdrawn_consent
from server.cases.exchange import api as exchange
from server.cases.exchange import outbound as exchange_outbound
from server.cases.exchange.desk import exchange_warnings
from server.cases.files import api as attachments
from server.cases.files import tasks as attachment_tasks
from server.cases.opening import warnings_of_chairs, warnings_of_nobodys
from server.cases.personal import CaseData
from server.cases.proxies import receipts
from server.cases.retention import tasks as retention_tasks
from server.cases.unreached import on_message_lost
from server.city.service import init_city
from server.clocks import tasks as clock_tasks
from server.clocks.service import holiday_warnings
from server.console.queue import forget_filters
from server.console.wiring import init_console
from server.core import health, tasks
from server.core.audit import tasks as audit_tasks
from server.core.audit.status import audit_warnings
from server.core.crypto import init_crypto
from server.core.db import db, init_db
from server.core.json import OrjsonProvider
from server.core.limits import init_limits
from server.core.logs import init_logs
from server.core.personal import register_contributors
from server.core.redis import init_redis
from server.core.settings import Settings
from server.core.signals import (
    account_closing,
    consent_withdrawn,
    identity_verified,
    member_died,
    membership_changed,
    message_in_confidence_lost,
    person_seen,
    staff_account_closed,
    wechat_event,
)
from server.core.storage import init_storage, storage_warnings
from server.core.tracking import init_tracking
from server.core.web import about, openapi
from server.core.web.blueprint import Api
from server.core.web.guard import init_guard, register_principal_loader
from server.core.web.problems import init_problems
from server.core.web.requests import init_requests
from server.core.web.static import init_static
from server.identity import api as identity
from server.identity import demo
from server.identity import tasks as identity_tasks
from server.identity.identity_service import init_identity_service
from server.identity.personal import IdentityData
from server.identity.roster import RosterSource
from server.identity.sessions import load_principal
from server.identity.verification import on_consent_withdrawn as take_identity_back
from server.identity.verification import register_sources
from server.me import api as me
from server.me import privacy_api, proxy_api, sharing_api, work_api
from server.me import tasks as me_tasks
from server.me.closing import on_person_seen
from server.me.personal import AccountData
from server.me.wechat_events import on_wechat_event as on_privacy_event
from server.notices import api as notices
from server.notices import delivery as notice_delivery
from server.notices import elections, roles_ending
from server.notices import staff as staff_notices
from server.notices.personal import NoticeData
from server.notices.pushes import on_wechat_event
from server.notices.templates import template_warnings
from server.notices.undelivered import delivery_warnings
from server.search import api as search
from server.seats import tasks as seats_tasks
from server.seats.models import OwnerKind
from server.seats.owners import register_owner
from server.seats.verify import seat_warnings
from server.sms.service import init_sms
from server.stations import api as stations
from server.stations import page as station_page
from server.stations import tasks as station_tasks
from server.stations.directory import init_directory
from server.stations.managers import api as station_managers
from server.stations.managers.personal import ManagerData, stop_keeping
from server.unions import api as unions
from server.unions.duty import tasks as duty_tasks
from server.unions.invitations import on_identity_verified
from server.unions.lists import tasks as list_tasks
from server.unions.personal import UnionData
from server.unions.staff import tasks as staff_tasks
from server.unions.staff.granters import warnings_of_granters
from server.wechat import api as wechat
from server.wechat import tasks as wechat_tasks
from server.wechat.callback import callback_warnings
from server.wechat.service import init_wechat

MAX_BODY = 12 * 1024 * 1024
"""Bytes: one attachment of 10 MB and what multipart adds."""

BLUEPRINTS = (
    about.blp,
    identity.blp,
    me.blp,
    privacy_api.blp,
    sharing_api.blp,
    work_api.blp,
    proxy_api.blp,
    notices.blp,
    activities.blp,
    attachments.blp,
    cases.blp,
    exchange.blp,
    unions.blp,
    stations.blp,
    station_managers.blp,
    search.blp,
    wechat.blp,
)
"""The domains' routes under /api/v1."""
PAGES = (health.bp, openapi.bp, station_page.bp)
"""Routes outside of the API."""
TASKS = (
    tasks,
    audit_tasks,
    clock_tasks,
    seats_tasks,
    attachment_tasks,
    case_tasks,
    retention_tasks,
    exchange_outbound,
    receipts,
    station_tasks,
    identity_tasks,
    me_tasks,
    wechat_tasks,
    notice_delivery,
    staff_notices,
    elections,
    roles_ending,
    staff_tasks,
    duty_tasks,
    list_tasks,
)
"""Modules that declare background tasks; importing them is what registers them."""


class Commands(AppGroup):
    """The commands of `flask`, imported when one is asked for: serving needs none of them."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        self._import()
        return super().get_command(ctx, name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._import()
        return super().list_commands(ctx)

    def _import(self) -> None:
        from server.commands import COMMANDS

        for command in COMMANDS:
            self.add_command(command)


def create_app(settings: Settings | None = None) -> Flask:
    """The application.

    Raises:
        SettingsError: names everything that is wrong with the environment.
        KeysUnavailable: the KMS does not give the keys.
    """
    gc.set_threshold(50_000, 20, 20)
    settings = settings or Settings.from_env()
    init_logs(settings)
    init_tracking(settings)
    app = Flask("server", static_folder=None)
    app.json = OrjsonProvider(app)
    app.cli = Commands()  # before what adds its own
    app.config.update(WARMBEE=settings, MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=1024 * 1024)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]  # the documented way

    init_crypto(app, settings)
    init_db(app, database_url=settings.database_url, threads=settings.web_threads)
    init_storage(app, settings)
    init_redis(app, redis_url=settings.redis_url, threads=settings.web_threads)
    Migrate(app, db, directory="migrations", compare_type=True)

    init_services(app)
    init_static(app, settings)
    init_requests(app)
    init_problems(app)
    init_guard(app)
    register_principal_loader(app, load_principal)
    init_limits(app, settings)
    init_directory(app)
    init_wechat(app, settings)
    init_sms(app, settings)
    init_identity_service(app, settings)
    init_city(app, settings)

    api = Api(app)
    app.extensions["warmbee_api"] = api
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    if not settings.production:
        demo.init_demo(app)
        api.register_blueprint(demo.blp)
    for page in PAGES:
        app.register_blueprint(page)
    init_console(app, settings)
    health.register_warnings(app, audit_warnings)
    health.register_warnings(app, storage_warnings)
    health.register_warnings(app, holiday_warnings)
    health.register_warnings(app, template_warnings)
    health.register_warnings(app, delivery_warnings)
    health.register_warnings(app, callback_warnings)
    health.register_warnings(app, service_warnings)
    health.register_warnings(app, warnings_of_nobodys)
    health.register_warnings(app, warnings_of_chairs)
    health.register_warnings(app, seat_warnings)
    health.register_warnings(app, exchange_warnings)
    health.register_warnings(app, staff_notices.unheard_warnings)
    health.register_warnings(app, warnings_of_granters)
    health.register_warnings(app, warnings_of_unplaced)
    register_sources(app, RosterSource())
    identity_verified.connect(on_identity_verified, weak=False)
    wechat_event.connect(on_wechat_event, weak=False)
    wechat_event.connect(on_privacy_event, weak=False)
    account_closing.connect(give_seats_back, weak=False)
    account_closing.connect(stop_keeping, weak=False)
    member_died.connect(give_seats_back, weak=False)
    member_died.connect(stop_keeping, weak=False)
    member_died.connect(on_member_died, weak=False)
    staff_account_closed.connect(forget_filters, weak=False)
    message_in_confidence_lost.connect(on_message_lost, weak=False)
    staff_account_closed.connect(tell_who_left, weak=False)
    membership_changed.connect(on_membership_changed, weak=False)
    person_seen.connect(on_person_seen, weak=False)
    consent_withdrawn.connect(take_identity_back, weak=False)
    consent_withdrawn.connect(tell_cases_of_withdrawn_consent, weak=False)
    consent_withdrawn.connect(me_tasks.on_consent_withdrawn, weak=False)
    register_contributors(
        app, IdentityData(), AccountData(), UnionData(), NoticeData(), ActivityData(), ManagerData(), CaseData()
    )
    register_owner(OwnerKind.ACTIVITY, ActivityWords())
    return app
