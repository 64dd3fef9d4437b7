"""Signing in: number and password, then a code; the first time another password and an authenticator before that."""

from flask import Blueprint, Response, flash, request, session, url_for
from wtforms import PasswordField, StringField

from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import NEXT, STEPS, TOKEN, enter, go, signed_in
from server.console.member import member
from server.console.pages import page
from server.core.limits import address_key, limiter
from server.core.settings import settings
from server.core.web.guard import access
from server.unions.staff import credentials, sessions
from server.unions.staff.sessions import Step

bp = Blueprint("sign_in", __name__)

SECRET = "secret"  # noqa: S105  # the name under which the cookie keeps that of an authenticator while it is bound
TRIES_FROM_ONE_ADDRESS = "20/minute;200/hour"
"""For guessing over many numbers; each number has tries of its own."""


class SignInForm(ConsoleForm):
    number = StringField("工号", [Needed("请填工号")], filters=[stripped])
    password = PasswordField("密码", [Needed("请填密码")])


class CodeForm(ConsoleForm):
    code = StringField("验证码", [Needed("请填验证码")], filters=[stripped])


class NewPasswordForm(ConsoleForm):
    password = PasswordField("新密码", [Needed("请填新密码")])
    again = PasswordField("再输一次", [Needed("请再输一次新密码")])

    def validate(self, extra_validators: object = None) -> bool:
        """The same twice."""
        fine = super().validate(extra_validators)
        if fine and self.password.data != self.again.data:
            self.again.errors = ["两次输的不一样"]
            return False
        return bool(fine)


@bp.get("/sign-in")
@access.public
def show() -> Response:
    """The form; whoever is signed in goes on."""
    who = signed_in()
    if who is not None:
        return go(url_for(STEPS[who.step]))
    return page("console/sign_in.html", form=SignInForm(), demo=not settings().production)


@bp.post("/sign-in")
@access.public
@limiter.limit(TRIES_FROM_ONE_ADDRESS, key_func=address_key)
def check() -> Response:
    """Number and password."""
    form = SignInForm()
    known = form.done_by(
        lambda: credentials.try_password(number=form.number.data or "", password=form.password.data or "")
    )
    if known is None:
        return page("console/sign_in.html", status=422, form=form, demo=not settings().production)
    enter(sessions.open_session(account=known.value, user_agent=request.user_agent.string))
    return go(url_for("console.sign_in.code"))


@bp.route("/sign-in/code", methods=["GET", "POST"])
@access.staff_half_way
def code() -> Response:
    """The second step."""
    who = member()
    if who.step is not Step.CODE:
        return go(url_for(STEPS[who.step]))
    form = CodeForm()
    if request.method == "POST" and form.done_by(
        lambda: credentials.try_code(staff_id=who.staff_id, code=form.code.data or "")
    ):
        return _complete()
    shown = None if settings().production else credentials.shown_code(staff_id=who.staff_id)
    return page("console/code.html", status=422 if form.is_submitted() else 200, form=form, shown=shown)


@bp.route("/sign-in/password", methods=["GET", "POST"])
@access.staff_half_way
def password() -> Response:
    """Another password in place of a temporary one."""
    who = member()
    if who.step is not Step.PASSWORD:
        return go(url_for(STEPS[who.step]))
    form = NewPasswordForm()
    if request.method == "POST" and form.done_by(
        lambda: credentials.choose_password(
            staff_id=who.staff_id, password=form.password.data or "", keep=who.session_id
        )
    ):
        return _onward()
    return page("console/first_password.html", status=422 if form.is_submitted() else 200, form=form)


@bp.route("/sign-in/bind", methods=["GET", "POST"])
@access.staff_half_way
def bind() -> Response:
    """An authenticator; its recovery codes are shown once."""
    who = member()
    if who.step is not Step.BIND:
        return go(url_for(STEPS[who.step]))
    secret: str = session.setdefault(SECRET, credentials.new_secret())
    form = CodeForm()
    if request.method == "POST":
        bound = form.done_by(
            lambda: credentials.bind_authenticator(staff_id=who.staff_id, secret=secret, code=form.code.data or "")
        )
        if bound is not None:
            enter(sessions.complete(session_id=who.session_id))
            return page("console/recovery_codes.html", codes=bound.value, onward=_wanted())
    return page(
        "console/bind.html",
        status=422 if form.is_submitted() else 200,
        form=form,
        secret=secret,
        picture=_picture(credentials.provisioning_uri(secret=secret, number=who.number)),
        shown=None if settings().production else credentials.code_of(secret),
    )


@bp.post("/sign-out")
@access.staff_half_way
def out() -> Response:
    """End this session."""
    who = member()
    sessions.revoke(session_id=who.session_id, who=who)
    session.clear()
    flash("已经退出", "done")
    return go(url_for("console.sign_in.show"))


def _complete() -> Response:
    enter(sessions.complete(session_id=member().session_id))
    return _onward()


def _onward() -> Response:
    """The next step, or where somebody wanted to go."""
    who = sessions.load(session[TOKEN])
    if who is not None and who.step is not Step.DONE:
        return go(url_for(STEPS[who.step]))
    return go(_wanted())


def _wanted() -> str:
    address: str = session.pop(NEXT, None) or url_for("console.home.show")
    return address


def _picture(uri: str) -> str:
    import segno

    drawn: str = segno.make(uri, error="m").svg_inline(scale=5, border=2, dark="#231f1a", light="#ffffff")
    return drawn
