"""信息更正: what workers ask to have put right."""

import uuid

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired

from server.console.forms import ConsoleForm, Needed, stripped
from server.console.member import member
from server.console.pages import page
from server.core.web.guard import access
from server.me import corrections
from server.me.models import CorrectionState
from server.unions.staff.vocabulary import Right

bp = Blueprint("corrections", __name__)


class DecisionForm(ConsoleForm):
    state = RadioField(
        "怎么办的",
        [InputRequired("请选一个")],
        choices=[SelectChoice("done", "改好了"), SelectChoice("refused", "不改")],
    )
    answer = TextAreaField("告诉本人", [Needed("请写给本人看的答复")], filters=[stripped])


@bp.get("/corrections")
@access.staff(Right.CORRECTIONS)
def show() -> Response:
    """What waits; what it says is read one by one."""
    return page("console/corrections/queue.html", waiting=corrections.read_list(number=member().number))


@bp.get("/corrections/<uuid:request_id>")
@access.staff(Right.CORRECTIONS)
def one(request_id: uuid.UUID) -> Response:
    """One request; the reading is recorded."""
    return _show(request_id, DecisionForm())


@bp.post("/corrections/<uuid:request_id>")
@access.staff(Right.CORRECTIONS)
def decide(request_id: uuid.UUID) -> ResponseReturnValue:
    """Say what became of it."""
    form, actor = DecisionForm(), corrections.actor_for(request_id=request_id, number=member().number)
    done = form.done_by(
        lambda: corrections.decide(
            request_id=request_id,
            state=CorrectionState(form.state.data),
            answer=form.answer.data or "",
            actor=actor,
        )
    )
    if done is None:
        return _show(request_id, form, status=422)
    flash("记下了，已经告诉本人", "done")
    return redirect(url_for("console.corrections.show"), 303)


def _show(request_id: uuid.UUID, form: DecisionForm, *, status: int = 200) -> Response:
    actor = corrections.actor_for(request_id=request_id, number=member().number)
    found = corrections.read(request_id=request_id, actor=actor)
    return page("console/corrections/request.html", status=status, found=found, form=form)
