"""我的账号: roles, where one is signed in, one's password and recovery codes."""

import uuid

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField

from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.member import member
from server.console.pages import page
from server.console.sign_in import NewPasswordForm
from server.core.db import db
from server.core.settings import settings
from server.core.web.guard import access
from server.unions.staff import credentials, sessions

bp = Blueprint("own_account", __name__)


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField("现在的密码", [Needed("请填现在的密码")])


class RenewCodesForm(ConsoleForm):
    current = PasswordField("密码", [Needed("请填密码")])
    code = StringField("验证码", [Needed("请填验证器上的 6 位数字")], filters=[stripped])


@bp.get("/me")
@access.staff()
def show() -> Response:
    """Everything about one's own account."""
    return _show(ChangePasswordForm())


@bp.post("/me/password")
@access.staff()
def change_password() -> ResponseReturnValue:
    """Another password; all other sessions end."""
    who, form = member(), ChangePasswordForm()

    def change() -> None:
        credentials.check_own_password(staff_id=who.staff_id, password=form.current.data or "")
        credentials.choose_password(staff_id=who.staff_id, password=form.password.data or "", keep=who.session_id)

    if form.done_by(change) is None:
        return _show(form, status=422)
    flash("密码改好了，其他设备上的登录都退出了", "done")
    return redirect(url_for("console.own_account.show"), 303)


@bp.route("/me/recovery-codes", methods=["GET", "POST"])
@access.staff()
def renew_codes() -> Response:
    """Other recovery codes, shown this once; the old ones are good no more."""
    who, form = member(), RenewCodesForm()
    if request.method == "POST":
        renewed = form.done_by(
            lambda: credentials.renew_recovery_codes(
                staff_id=who.staff_id, password=form.current.data or "", code=form.code.data or ""
            )
        )
        if renewed is not None:
            return page(
                "console/recovery_codes.html",
                codes=renewed.value,
                onward=url_for("console.own_account.show"),
                again=True,
            )
    return page(
        "console/renew_codes.html",
        status=422 if form.is_submitted() else 200,
        form=form,
        shown=None if settings().production else credentials.shown_code(staff_id=who.staff_id),
    )


@bp.post("/me/sessions/<uuid:session_id>/end")
@access.staff()
def end_session(session_id: uuid.UUID) -> Response:
    """Sign another browser out."""
    sessions.revoke(session_id=session_id, who=member())
    flash("那台设备已经退出", "done")
    return go(url_for("console.own_account.show"))


def _show(form: ChangePasswordForm, *, status: int = 200) -> Response:
    living = sessions.living(db.session(), staff_id=member().staff_id)
    return page(
        "console/own_account.html",
        status=status,
        form=form,
        sessions=living,
        codes_left=credentials.count_recovery_codes(staff_id=member().staff_id),
    )
