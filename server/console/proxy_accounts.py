"""给这位工友开账号: of a case that was typed for somebody. One asks with the paper before them, another compares it."""

from datetime import date

from flask import Blueprint, Response, flash, url_for
from wtforms import BooleanField, DateField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import AnyOf, Length, Optional, ValidationError

from server.cases.models import Case
from server.cases.proxies.accounts import Shown, ask_account, case_for_account, waiting_account
from server.cases.proxies.models import CaseProxy
from server.cases.proxies.tying import NOT_TIED, Paper
from server.cases.vocabulary import PairedAct
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.clock import today
from server.core.db import db
from server.core.errors import Problem
from server.core.web.guard import access
from server.identity.consents import consent_texts
from server.identity.models import ConsentKey, WorkerGroup
from server.identity.papers import PAPER_NAMES, IdType
from server.identity.personal import GROUPS
from server.identity.verification import read_claim
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("proxy_accounts", __name__)

WHERE = {"desk": "在窗口当面看了证件原件，和本人对过。", "home": "两个人上门看了证件原件，和本人对过。"}


def still_valid(_form: ConsoleForm, field: DateField) -> None:
    """A paper that has run out proves nobody."""
    if field.data is not None and field.data < today():
        raise ValidationError("证件过期了，请工友先换证；临时身份证也可以")


class PaperForm(ConsoleForm):
    where = RadioField(
        "在哪里看的",
        [AnyOf(WHERE, "请选一种")],
        validate_choice=False,
        choices=[SelectChoice("desk", "在窗口，本人来了"), SelectChoice("home", "上门，两个人一起去的")],
    )
    id_type = SelectField(
        "证件", [Needed("请选证件")], choices=[SelectChoice(one.value, PAPER_NAMES[one]) for one in IdType]
    )
    name = StringField("证件上的姓名", [Needed("请照证件填姓名"), Length(max=50, message="最多 50 个字")], [stripped])
    id_number = StringField("证件号码", [Needed("请照证件填号码")], [stripped])
    born = DateField("证件上的出生日期", [Optional()])
    valid_to = DateField("证件有效期到", [Optional(), still_valid])
    worker_group = SelectField(
        "做什么工作",
        [Needed("请选一样")],
        choices=[SelectChoice("", "请选"), *(SelectChoice(one.value, words) for one, words in GROUPS.items())],
    )
    own_phone = BooleanField("填的手机号是本人的，当面打过，响了")
    agreed = BooleanField("念过上面的说明，工友说同意")


@bp.route("/cases/<no>/account", methods=["GET", "POST"])
@access.staff(Right.VERIFICATION)
@sent_once
def show(no: str) -> Response:
    """The form; once it was sent, what a second person compares with the paper."""
    who = member().number
    try:
        with hidden():
            waiting = waiting_account(no=no, staff_no=who)
            if waiting is not None:
                return _compare(waiting)
            case, proxy = case_for_account(no=no, staff_no=who)
            form = PaperForm(data={"name": proxy.name or ""})
            done = form.is_submitted() and form.done_by(lambda: _ask(case, form))
    except Problem as problem:
        if problem.code not in NOT_TIED:
            raise
        flash(problem.title, "wrong")
        return go(url_for("console.cases.show", no=no))
    if done:
        flash("提出来了，等另一个人对证件", "done")
        return go(url_for("console.cases.show", no=no))
    return _form(case, proxy, form)


def _form(case: Case, proxy: CaseProxy, form: PaperForm) -> Response:
    return page(
        "console/proxy_account.html",
        status=422 if form.is_submitted() else 200,
        case=case,
        phone=proxy.phone,
        form=form,
        aloud=consent_texts()[ConsentKey.IDENTITY],
    )


def _compare(waiting: Shown) -> Response:
    proposal = waiting.proposal
    return page(
        "console/proxy_account_waiting.html",
        case=waiting.case,
        proposal=proposal,
        paper=waiting.paper,
        phone=waiting.proxy.phone,
        papers=PAPER_NAMES,
        groups=GROUPS,
        names=names_of(db.session(), {proposal.asked_by}),
        what=PairedAct.ACCOUNT.value,
    )


def _ask(case: Case, form: PaperForm) -> Case:
    claim = read_claim(
        id_type=IdType(form.id_type.data),
        id_number=form.id_number.data,
        name=form.name.data,
        worker_group=WorkerGroup(form.worker_group.data),
    )
    valid_to: date | None = form.valid_to.data
    paper = Paper(
        name=claim.name,
        id_type=claim.number.id_type,
        id_number=claim.number.text,
        worker_group=claim.worker_group,
        valid_to=valid_to,
        consent=consent_texts()[ConsentKey.IDENTITY].version,
        own_phone=bool(form.own_phone.data),
    )
    return ask_account(
        no=case.no,
        staff_no=member().number,
        claim=claim,
        paper=paper,
        born=form.born.data,
        where=WHERE[form.where.data],
        agreed=bool(form.agreed.data),
    )
