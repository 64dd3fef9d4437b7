"""A worker comes to the desk, or rings up: what they say of their case is written down in their name."""

from flask import Blueprint, Response
from wtforms import BooleanField, RadioField, SelectChoice, TextAreaField

from server.cases.phone_ratings import Heard
from server.cases.proxies import speaking
from server.cases.proxies.claiming import proxy_of
from server.cases.proxies.speaking import HEARD, SAYINGS, How, Said, Sayable
from server.cases.vocabulary import Via, Words
from server.console.calls import MARKS, SOLVED
from server.console.case_forms import SHORT_ENOUGH
from server.console.forms import Needed, stripped
from server.console.hidden import hidden
from server.console.meanwhile import VersionedForm, happened_since, names_in, version_now
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.clock import now
from server.core.errors import not_found
from server.core.web.guard import access
from server.identity.consents import consent_texts
from server.unions.staff.vocabulary import Right

bp = Blueprint("speaking", __name__)

LABELS = {
    Via.SUPPLEMENT: "工友补充的（用他的话写）",
    Via.REOPENING: "哪里不同意、没解决（用他的话写，接着办的人要看）",
    Via.REPLACEMENT: "为什么要换人（用他的话写）",
    Via.WITHDRAWAL: "为什么撤回（不说也可以）",
}
HINTS = {
    Via.SUPPLEMENT: "填过的要改，先回到这件事，点“帮他填”改好，再在这里记下他说的。",
    Via.SOLVED: "按工友说的记，不要替他打分。没解决的，记好以后接着点“工友不同意，要求重新办”。",
    Via.REOPENING: "只有一次。换别的同事重新办，办过、定过的人不能再办。",
    Via.WITHDRAWAL: "撤回以后就不办了。要弄清楚是他自己的意思，不是别人让他撤的。",
}


class SaidForm(VersionedForm):
    """What any of it asks; `_form` leaves what is meant."""

    how = RadioField("怎么说的", [Needed("请选怎么说的")], choices=[SelectChoice(*one) for one in HEARD.items()])
    solved = RadioField("解决没有", [Needed("请选解决没有")], choices=SOLVED)
    attitude = RadioField("态度怎样", [Needed("请选态度怎样")], choices=MARKS)
    result = RadioField("结果怎样", [Needed("请选结果怎样")], choices=MARKS)
    text = TextAreaField("工友说的", [SHORT_ENOUGH], filters=[stripped])
    agreed = BooleanField("念给工友听了，他说对，同意这样记下")


@bp.route("/cases/<no>/said/<via>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
@sent_once
def say(no: str, via: str) -> Response:
    """What is said, and once it is sent the receipt."""
    who = member().number
    if via not in set(Via):
        raise not_found()
    with hidden():
        case, meant = speaking.what_was_meant(no=no, via=Via(via), staff_no=who)
    form = _form(meant)
    done = None
    if form.is_submitted():
        with hidden():
            done = form.done_by(
                lambda: speaking.say_for(no=no, via=meant.via, staff_no=who, said=_said(form), version=form.number)
            )
    if done is not None:
        typed = proxy_of(case.id)
        return page(
            "console/said_receipt.html",
            case=done.value,
            who=member(),
            name=_in_their_words(meant, form),
            at=done.value.updated_at,
            text=form.text.data if form.text else None,
            phone=None if typed is None else typed.phone,
            not_solved=bool(form.solved) and form.solved.data == "no",
        )
    stale = form.is_submitted() and form.number != version_now(case)
    happened = happened_since(case, form) if stale else []
    return page(
        "console/said.html",
        status=422 if form.is_submitted() else 200,
        case=case,
        meant=meant,
        name=SAYINGS[meant.via],
        hint=HINTS.get(meant.via),
        form=form,
        consent=None if meant.step is None or meant.step.consent is None else consent_texts()[meant.step.consent],
        version=version_now(case),
        seen=now().isoformat(),
        meanwhile=happened,
        names=names_in(happened),
    )


def _form(meant: Sayable) -> SaidForm:
    form = SaidForm()
    if meant.via is not Via.SOLVED:
        del form.solved, form.attitude, form.result
    if meant.words is Words.NONE:
        del form.text
    else:
        form.text.label.text = LABELS.get(meant.via, form.text.label.text)
        if meant.words is Words.REQUIRED:
            form.text.validators = [*form.text.validators, Needed("请写工友说了什么")]
    return form


def _in_their_words(meant: Sayable, form: SaidForm) -> str:
    """What was written down, as the worker reads it."""
    if meant.via is Via.SOLVED:
        how = "解决了" if form.solved.data == "yes" else "还没解决"
        given = {choice.value: choice.label for choice in MARKS}
        return f"你说{how}，态度{given[form.attitude.data]}，结果{given[form.result.data]}"
    assert meant.step is not None, "only how it went is said without a step"
    return meant.step.timeline


def _said(form: SaidForm) -> Said:
    rated = Heard(form.solved.data == "yes", int(form.attitude.data), int(form.result.data)) if form.solved else None
    words = (form.text.data or "").replace("\r\n", "\n") if form.text else ""
    return Said(how=How(form.how.data), agreed=form.agreed.data, text=words or None, heard=rated)
