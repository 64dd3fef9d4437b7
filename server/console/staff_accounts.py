"""人员: accounts of the staff. The system administrator opens and closes them and helps with passwords; security
administrators take roles back and let go of lost authenticators.
"""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from server.console.forms import ConsoleForm, Needed, stripped
from server.console.member import member
from server.console.pages import page
from server.console.union_field import UnionField
from server.core.db import transaction
from server.core.web.guard import access
from server.unions.staff import credentials, directory, service
from server.unions.staff.service import Newcomer
from server.unions.staff.vocabulary import Right

bp = Blueprint("staff_accounts", __name__)


class NewAccountForm(ConsoleForm):
    number = StringField("工号", [Needed("请填工号")], filters=[stripped])
    name = StringField("姓名", [Needed("请填姓名")], filters=[stripped])
    union = UnionField("在哪个工会上班", Right.STAFF_ACCOUNTS)


@bp.get("/staff")
@access.staff(Right.STAFF_ACCOUNTS, Right.STAFF_GRANTS)
def show() -> Response:
    """Everybody who works for the unions in reach."""
    words = request.args.get("q", "")
    return page("console/staff/accounts.html", listing=directory.search(words=words, by=member().number), words=words)


@bp.get("/staff/new")
@access.staff(Right.STAFF_ACCOUNTS)
def new() -> Response:
    """The form for an account."""
    return page("console/staff/new_account.html", form=NewAccountForm())


@bp.post("/staff/new")
@access.staff(Right.STAFF_ACCOUNTS)
def open_account() -> Response:
    """An account with a temporary password, which is shown once."""
    form, by = NewAccountForm(), member().number

    def make() -> str:
        with transaction():
            person = Newcomer(form.number.data or "", form.name.data or "")
            service.open_account(person=person, union=form.union.chosen, by=by)
            return credentials.give_password(number=person.number, by=by)

    made = form.done_by(make)
    if made is None:
        return page("console/staff/new_account.html", status=422, form=form)
    return _password(form.number.data or "", made.value)


@bp.get("/staff/<number>")
@access.staff(Right.STAFF_ACCOUNTS, Right.STAFF_GRANTS)
def one(number: str) -> Response:
    """One account; the look is recorded."""
    return page("console/staff/account.html", found=directory.dossier(number=number, by=member().number))


@bp.post("/staff/<number>/password")
@access.staff(Right.STAFF_ACCOUNTS)
def give_password(number: str) -> Response:
    """Another temporary password, shown once."""
    return _password(number, credentials.give_password(number=number, by=member().number))


@bp.post("/staff/<number>/unlock")
@access.staff(Right.STAFF_ACCOUNTS)
def unlock(number: str) -> ResponseReturnValue:
    """New tries before the time is over."""
    return _do(number, credentials.unlock, "已经解锁，可以马上再登录")


@bp.post("/staff/<number>/close")
@access.staff(Right.STAFF_ACCOUNTS)
def close(number: str) -> ResponseReturnValue:
    """An account that is not needed any more; all its roles end."""
    return _do(number, service.close_account, "账号停用了，权限都收回了")


@bp.post("/staff/<number>/authenticator")
@access.staff(Right.STAFF_GRANTS)
def release_authenticator(number: str) -> ResponseReturnValue:
    """A lost authenticator."""
    return _do(number, credentials.release_authenticator, "解绑了，下次登录时会要求绑定新的验证器")


@bp.post("/staff/<number>/roles/<uuid:grant_id>/revoke")
@access.staff(Right.STAFF_GRANTS)
def revoke(number: str, grant_id: uuid.UUID) -> ResponseReturnValue:
    """Take a role back, at once."""
    service.revoke_role(grant_id=grant_id, by=member().number)
    flash("收回了，马上生效", "done")
    return redirect(url_for("console.staff_accounts.one", number=number), 303)


def _do(number: str, act: Callable[..., None], done: str) -> ResponseReturnValue:
    act(number=number, by=member().number)
    flash(done, "done")
    return redirect(url_for("console.staff_accounts.one", number=number), 303)


def _password(number: str, password: str) -> Response:
    return page("console/staff/temporary_password.html", number=number, password=password)
