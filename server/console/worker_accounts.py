"""工友账号: found by phone and shown masked; what takes two persons is proposed here and confirmed under 等第二个人."""

import uuid
from datetime import date

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from server.console.forms import ConsoleForm, Done, Needed, stripped
from server.console.member import member
from server.console.pages import page
from server.console.union_field import OfficeField
from server.core.errors import unprocessable
from server.core.web.guard import access
from server.identity.models import ActKind
from server.identity.sharing import MOST, MOST_CONFIRMED
from server.me import account_desk, accounts, desk_words, handing_on
from server.unions.staff.vocabulary import Right

bp = Blueprint("worker_accounts", __name__)

RIGHTS = (Right.VERIFICATION, Right.CORRECTIONS)


class PhoneForm(ConsoleForm):
    phone = StringField("工友的手机号", [Needed("请填手机号")], filters=[stripped])


class ShownForm(ConsoleForm):
    shown = StringField("证件上的号码", [Needed("请照证件填号码")], filters=[stripped])


class SeenForm(ConsoleForm):
    valid_to = DateField("证件有效期到（长期的不填）", [Optional()])


class MergeForm(ConsoleForm):
    other = StringField("要并进来的账号编号", [Needed("请填账号编号")], filters=[stripped])


class ShareForm(ConsoleForm):
    most = IntegerField(
        "最多几个人合用",
        [
            InputRequired("请填几个人"),
            NumberRange(MOST + 1, MOST_CONFIRMED, f"填 {MOST + 1} 到 {MOST_CONFIRMED}：{MOST} 个以内不用核实"),
        ],
    )


class HandOnForm(ConsoleForm):
    to = OfficeField("转给哪个工会")
    why = RadioField(
        "为什么",
        [InputRequired("请选一个")],
        choices=[SelectChoice(why.value, words) for why, words in handing_on.WORDS.items()],
    )


@bp.get("/accounts")
@access.staff(*RIGHTS)
def show() -> Response:
    """The form; a phone number is never in an address."""
    return _find(PhoneForm(formdata=None), ShownForm(formdata=None), None)


@bp.post("/accounts")
@access.staff(*RIGHTS)
def find() -> Response:
    """Accounts with a phone number."""
    form = PhoneForm()
    found = form.done_by(lambda: account_desk.find(phone=form.phone.data or "", number=member().number))
    return _find(form, ShownForm(formdata=None), found, 422 if found is None else 200)


@bp.post("/accounts/received")
@access.staff(*RIGHTS)
def receive() -> Response:
    """Whoever stands here with their paper; nobody's member is looked after here from now on."""
    form = ShownForm()
    found = form.done_by(lambda: account_desk.receive(shown=form.shown.data or "", number=member().number))
    if found is None:
        return _find(PhoneForm(formdata=None), form, None, 422)
    # The number has done its work and does not stay on the screen.
    return _find(PhoneForm(formdata=None), ShownForm(formdata=None), found)


@bp.get("/accounts/<uuid:worker_id>")
@access.staff(*RIGHTS)
def one(worker_id: uuid.UUID) -> Response:
    """One account, masked."""
    return _show(worker_id)


@bp.post("/accounts/<uuid:worker_id>/seen")
@access.staff(Right.VERIFICATION)
def seen(worker_id: uuid.UUID) -> ResponseReturnValue:
    """The person is here with the paper."""
    form = SeenForm()
    return _propose(worker_id, form, ActKind.SEEN, paper_valid_to=form.valid_to.data if form.validate() else None)


@bp.post("/accounts/<uuid:worker_id>/merge")
@access.staff(Right.CORRECTIONS)
def merge(worker_id: uuid.UUID) -> ResponseReturnValue:
    """Another account is the same person's and goes into this one."""
    return _propose(worker_id, MergeForm(), ActKind.MERGE)


@bp.post("/accounts/<uuid:worker_id>/release")
@access.staff(Right.CORRECTIONS)
def release(worker_id: uuid.UUID) -> ResponseReturnValue:
    """The number is another person's."""
    return _propose(worker_id, ConsoleForm(), ActKind.RELEASE)


@bp.post("/accounts/<uuid:worker_id>/unfreeze")
@access.staff(Right.CORRECTIONS)
def unfreeze(worker_id: uuid.UUID) -> ResponseReturnValue:
    """Let its owner in again."""
    return _propose(worker_id, ConsoleForm(), ActKind.UNFREEZE)


@bp.post("/accounts/<uuid:worker_id>/freeze")
@access.staff(Right.CORRECTIONS)
def freeze(worker_id: uuid.UUID) -> ResponseReturnValue:
    """Let nobody in, at once."""
    account_desk.freeze(worker_id=worker_id, number=member().number)
    flash("停用了。恢复要两个人", "done")
    return redirect(url_for("console.worker_accounts.one", worker_id=worker_id), 303)


@bp.post("/accounts/<uuid:worker_id>/pin")
@access.staff(Right.CORRECTIONS)
def forget_pin(worker_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a PIN that its owner forgot."""
    account_desk.forget_pin(worker_id=worker_id, number=member().number)
    flash("解锁码取消了，请本人重新设一个", "done")
    return redirect(url_for("console.worker_accounts.one", worker_id=worker_id), 303)


@bp.post("/accounts/<uuid:worker_id>/share")
@access.staff(Right.CORRECTIONS)
def share(worker_id: uuid.UUID) -> ResponseReturnValue:
    """More than five live with one phone, and somebody has seen that they do."""
    form = ShareForm()

    def act() -> None:
        account_desk.confirm_sharing(worker_id=worker_id, most=form.data["most"], number=member().number)

    if form.done_by(act) is None:
        return _show(worker_id, form, status=422)
    flash(f"记下了，最多 {form.most.data} 个人合用", "done")
    return redirect(url_for("console.worker_accounts.one", worker_id=worker_id), 303)


@bp.post("/accounts/<uuid:worker_id>/hand-on")
@access.staff(*RIGHTS)
def hand_on(worker_id: uuid.UUID) -> ResponseReturnValue:
    """Another office looks after nobody's member."""
    form = HandOnForm()

    def act() -> None:
        handing_on.hand_on(
            worker_id=worker_id,
            union_id=form.to.chosen.id,
            why=handing_on.Why(form.why.data),
            number=member().number,
        )

    if form.done_by(act) is None:
        return _show(worker_id, form, status=422)
    flash(f"转给{form.to.chosen.name}了，已经告诉那边和本人", "done")
    return redirect(url_for("console.worker_accounts.show"), 303)


@bp.get("/acts")
@access.staff(*RIGHTS)
def acts() -> Response:
    """What waits for a second person."""
    return page("console/accounts/acts.html", waiting=accounts.read_proposed(number=member().number), words=desk_words)


@bp.post("/acts/<uuid:act_id>/confirm")
@access.staff(*RIGHTS)
def confirm(act_id: uuid.UUID) -> ResponseReturnValue:
    """What another proposed happens."""
    act = account_desk.confirm(act_id=act_id, number=member().number)
    flash(f"{desk_words.KINDS[act.kind]}：办好了，已经告诉本人", "done")
    return redirect(url_for("console.worker_accounts.acts"), 303)


@bp.post("/acts/<uuid:act_id>/drop")
@access.staff(*RIGHTS)
def drop(act_id: uuid.UUID) -> ResponseReturnValue:
    """It does not happen."""
    account_desk.drop(act_id=act_id, number=member().number)
    flash("撤下了", "done")
    return redirect(url_for("console.worker_accounts.acts"), 303)


def _propose(
    worker_id: uuid.UUID, form: ConsoleForm, kind: ActKind, *, paper_valid_to: date | None = None
) -> ResponseReturnValue:
    def act() -> None:
        account_desk.propose(
            kind=kind,
            worker_id=worker_id,
            number=member().number,
            other_worker_id=_other(form) if isinstance(form, MergeForm) else None,
            paper_valid_to=paper_valid_to,
        )

    if form.done_by(act) is None:
        return _show(worker_id, form, status=422)
    flash("提议记下了，等另一个人确认", "done")
    return redirect(url_for("console.worker_accounts.one", worker_id=worker_id), 303)


def _find(
    phone: PhoneForm, shown: ShownForm, found: Done[list[account_desk.Found]] | None, status: int = 200
) -> Response:
    return page(
        "console/accounts/find.html",
        status=status,
        phone=phone,
        shown=shown,
        found=None if found is None else found.value,
        words=desk_words,
    )


def _other(form: MergeForm) -> uuid.UUID:
    try:
        return uuid.UUID(form.other.data or "")
    except ValueError:
        raise unprocessable({"other": ["编号不完整，请从那个账号的页面复制"]}) from None


def _show(worker_id: uuid.UUID, form: ConsoleForm | None = None, *, status: int = 200) -> Response:
    refused = None
    if form is not None:
        # Above everything: of what the account does not allow the form is not there.
        refused, form.refusal = form.refusal, None
    return page(
        "console/accounts/account.html",
        status=status,
        found=account_desk.look(worker_id=worker_id, number=member().number),
        waiting=[act for act in accounts.proposed(number=member().number) if act.worker_id == worker_id],
        words=desk_words,
        seeing=form if isinstance(form, SeenForm) else SeenForm(formdata=None),
        merging=form if isinstance(form, MergeForm) else MergeForm(formdata=None),
        sharing=form if isinstance(form, ShareForm) else ShareForm(formdata=None),
        handing=form if isinstance(form, HandOnForm) else HandOnForm(formdata=None),
        most=MOST,
        refused=refused,
    )
