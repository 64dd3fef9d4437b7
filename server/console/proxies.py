"""Filing for somebody at the desk: read aloud, typed for them, and a receipt by SMS or on paper."""

from flask import Blueprint, Response, flash, url_for
from msgspec.structs import replace
from wtforms import BooleanField, Field, RadioField, SelectChoice, StringField
from wtforms.validators import Length

from server.cases.capabilities.people import level_ahead
from server.cases.declaration import ConsentRule, Service
from server.cases.forms.fields import FormField
from server.cases.proxies import filing, receipts
from server.cases.proxies.claiming import proxy_of
from server.cases.queue import found_by_number
from server.cases.submission import Submitted
from server.cases.under_way import UNDER_WAY
from server.cases.vocabulary import IDENTITY_NAMES, IdentityMode
from server.console.attaching import fields_for_files, file_controls_of, files_in
from server.console.controls import ASKED, answers_in, area_names, controls_of
from server.console.filling_in import AGREED, say_beside
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.nav import has_desk
from server.console.once import sent_once
from server.console.pages import page
from server.core.access import Level
from server.core.db import db, read_only
from server.core.errors import Problem
from server.core.web.guard import access
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import ConsentKey
from server.unions.staff.authority import desk_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("proxies", __name__)


@bp.get("/proxies")
@access.staff(Right.CASE_WORK)
@read_only
def show() -> Response:
    """What can be filed for somebody."""
    desk = has_desk(member())
    return page("console/proxies.html", desk=desk, services=filing.services_for_others() if desk else [])


@bp.route("/proxies/<service>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
@sent_once
def file(service: str) -> Response:
    """The form, and once it is sent the receipt: the secret of an anonymous case is shown this once."""
    desk_of(db.session(), number=member().number, right=Right.CASE_WORK)
    with hidden():
        declared = filing.service_for_others(service)
    form = _form(declared)
    if form.is_submitted():
        done = form.done_by(lambda: _file(declared, form))
        if done is not None:
            made = done.value
            typed = proxy_of(made.case.id)
            return page(
                "console/proxy_receipt.html",
                case=made.case,
                service=declared,
                in_person=_in_person(declared),
                who=member(),
                secret=made.secret,
                phone=None if typed is None else typed.phone,
                found=found_by_number(made.case.no, staff_no=member().number),
            )
    texts = consent_texts()
    return page(
        "console/proxy.html",
        in_person=_in_person(declared),
        status=422 if form.is_submitted() else 200,
        service=declared,
        form=form,
        sections=declared.asked.declaration.sections,
        prefix=ASKED,
        answers={},
        others={},
        areas=area_names,
        aloud=[(texts[rule.key], rule, form[AGREED + rule.key.value]) for rule in _aloud(declared)],
    )


class PhoneForm(ConsoleForm):
    phone = StringField("工友的手机号", [Needed("请写核对过的手机号")], filters=[stripped])


@bp.route("/proxies/receipts/<no>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def receipt(no: str) -> Response:
    """Put right a phone that the receipt could not be sent to: whoever typed it may not see the case itself."""
    who, form = member().number, PhoneForm()
    try:
        with hidden():
            case, _ = receipts.receipt_to_mend(no=no, staff_no=who)
            done = form.is_submitted() and form.done_by(
                lambda: receipts.mend_phone(no=no, staff_no=who, phone=form.phone.data or "")
            )
    except Problem as problem:
        if problem.status != 409:
            raise
        flash(problem.title, "done")
        return go(url_for("console.proxies.show"))
    if done:
        flash("改好了，编号正在用短信再发一次", "done")
        return go(url_for("console.proxies.show"))
    return page("console/proxy_phone.html", status=422 if form.is_submitted() else 200, no=case.no, form=form)


def _in_person(service: Service) -> bool:
    """Whether somebody has to be known before it can come to its end."""
    return (level_ahead(service.machine, str(service.machine.opening.target)) or Level.L0) >= Level.L2


def _asked(service: Service) -> list[FormField]:
    return [field for field in service.asked.declaration.fields() if field.answers]


def _files(service: Service) -> list[FormField]:
    return fields_for_files(service.asked.declaration.files())


CONTACT = ConsentRule(
    key=ConsentKey.CONTACT,
    why="不同意也能办。同意的，有日子快到了会收到短信。",
    condition=None,
    with_place=False,
    later=False,
    modes=frozenset({IdentityMode.NAMED}),
    optional=True,
)
"""Asked besides what the service needs: without an account, no message reaches them."""


def _aloud(service: Service) -> list[ConsentRule]:
    asked = [rule for rule in service.consents if not rule.later and not rule.with_place]
    return asked if any(rule.key is CONTACT.key for rule in asked) else [*asked, CONTACT]


class ProxyForm(ConsoleForm):
    """What is asked of somebody; the questions of the service come from its file."""

    under_way: str | None = None
    """Number of the case that is under way already, for who may see it."""


def _form(service: Service) -> ProxyForm:
    offered = [mode for mode in filing.MODES if mode in service.modes]
    controls: dict[str, Field] = {
        "identity_mode": RadioField(
            "怎么提交",
            [Needed("请选一种")],
            choices=[SelectChoice(mode.value, IDENTITY_NAMES[mode]) for mode in offered],
            default=IdentityMode.NAMED.value,
        ),
        "name": StringField("工友的姓名", [Length(max=50, message="最多 50 个字")], filters=[stripped]),
        "phone": StringField("工友的手机号", filters=[stripped]),
        "on_paper": BooleanField("没有手机号，家里人的也没有：编号印在回执上"),
    }
    controls |= controls_of(_asked(service)) | file_controls_of(_files(service))
    for rule in _aloud(service):
        title = consent_texts()[rule.key].title
        controls[AGREED + rule.key.value] = BooleanField(f"念过《{title}》，工友说同意")
    if service.one_at_a_time:
        controls["apart"] = BooleanField("几家合用这个手机号，这是另一家人")
    made: ProxyForm = type("AskedForm", (ProxyForm,), controls)()
    return made


def _file(service: Service, form: ProxyForm) -> Submitted:
    texts = consent_texts()
    given = answers_in(_asked(service), form.data, {})
    answers = {key: answer for key, answer in given.items() if answer is not None}
    agreed = [ConsentKey(one.name.removeprefix(AGREED)) for one in form if one.name.startswith(AGREED) and one.data]
    told = filing.Told(
        service=service.key,
        mode=form["identity_mode"].data,
        answers=answers,
        consents=[GivenConsent(key, texts[key].version) for key in agreed],
        name=form["name"].data or None,
        phone=form["phone"].data or None,
        on_paper=bool(form["on_paper"].data),
        apart=bool("apart" in form and form["apart"].data),
    )
    try:
        told = replace(told, items=files_in(_files(service), form))
        return filing.file_at_desk(told, staff_no=member().number)
    except Problem as problem:
        if problem.code == UNDER_WAY:
            form.under_way = found_by_number(problem.extra["no"], staff_no=member().number)
        problem.errors = {
            (f"{AGREED}{path.split('.')[1]}" if path.startswith("consents.") else path): sentences
            for path, sentences in (problem.errors or {}).items()
        }
        say_beside([*_asked(service), *_files(service)], form, problem)
        raise
