"""What is done on a case's page: its steps, messages, notes, what takes two persons. Forms come from the declaration.

A form says on which version of the case it was opened. If somebody else was faster, it comes back with all that was
typed and with what happened meanwhile.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, flash, request, url_for
from wtforms import SelectChoice

from server.cases import desk, unanswered, working, writing
from server.cases.actions import Action
from server.cases.assigning.rules import Candidate
from server.cases.catalogue import version_of
from server.cases.files.service import store_of_staff
from server.cases.flow.machine import Ground
from server.cases.models import Case
from server.cases.papers import service as papers
from server.cases.proposals import ask_for
from server.cases.queue import found_by_number
from server.cases.replies import Reply, replies_for
from server.cases.steps import CHANGED
from server.cases.vocabulary import ACT_NAMES, PairedAct, Reader, Words
from server.console.asked import number_in
from server.console.case_forms import MessageForm, NoteForm, ReasonForm, WordsForm, form_for, named_in_form
from server.console.forms import TOLD_IN_PLACE, told_of
from server.console.guard import go
from server.console.hidden import hidden
from server.console.meanwhile import Happened, happened_since, names_in, version_now
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page, part, wants_part
from server.console.queue import right_of
from server.core.clock import now
from server.core.errors import Problem, not_found
from server.core.web.guard import access
from server.unions.staff.vocabulary import Right

bp = Blueprint("case_acts", __name__)

ACT_HINTS = {
    PairedAct.REVEAL: "工友要求隐名。写明为什么要知道，由区、市总工会管审批的另一个人批准，"
    "然后 24 小时内你可以看。理由和每次查看都会留下记录。",
    PairedAct.HOLD: "有争议、监督或者诉讼时用：写明是哪一件、谁要求的。批准以后，到期也不删除，账号注销也保留。",
    PairedAct.LIFT: "写明为什么不用再保留。批准以后，已经到期的当晚删除。",
}


@bp.route("/cases/<no>/steps/<code>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK, Right.CASE_ASSIGNED)
def step(no: str, code: str) -> Response:
    """Make a step of the flow, or ask a second person to."""
    who = member()
    with hidden():
        case, found, most = working.step_to_make(no=no, code=code, staff_no=who.number, still=request.method == "GET")
    form = form_for(version_of(case.service, case.service_version), found, most, case)
    for_worker = found.words is not Words.NONE and found.words_for is Reader.WORKER
    action = Action(found, None)
    candidates = desk.candidates_of(case) if found.person else []
    if form.assignee:
        form.assignee.choices = [SelectChoice(one.person.number, one.person.name) for one in candidates]

    def make() -> Case:
        return working.staff_step(
            no=no,
            code=code,
            staff_no=who.number,
            text=(form.words or None) if form.text else None,
            items=[store_of_staff(one.read()) for one in form.files.data or () if one] if form.files else (),
            named=named_in_form(form),
            version=form.number,
        )

    return _act(
        case,
        form,
        make,
        title=action.title,
        hint=action.hint,
        submit="提出来，等另一个人定" if found.second else action.title,
        done="提出来了，等另一个人来定" if found.second else f"办好了：{action.title}",
        replies=list(replies_for(case.service)) if for_worker else [],
        candidates=candidates,
        grounds=found.grounds,
    )


@bp.route("/cases/<no>/message", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def message(no: str) -> Response:
    """Write to the worker without any other change."""
    who, case, form = member(), _case(no), MessageForm()
    return _act(
        case,
        form,
        lambda: writing.staff_message(no=no, staff_no=who.number, text=form.words, version=form.number),
        title="给工友留言",
        hint="工友会读到，也会收到提醒。",
        submit="发出去",
        done="留言发出去了",
        replies=list(replies_for(case.service)),
    )


@bp.route("/cases/<no>/note", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK, Right.CASE_ASSIGNED)
@sent_once
def note(no: str) -> Response:
    """Write for colleagues."""
    who, case, form = member(), _case(no), NoteForm()
    return _act(
        case,
        form,
        lambda: writing.staff_note(no=no, staff_no=who.number, text=form.words),
        title="写内部记录",
        hint="只有办理的同事看得到，工友看不到。",
        submit="记下",
        done="记下了",
    )


@bp.post("/cases/<no>/read")
@access.staff(Right.CASE_WORK)
def note_read(no: str) -> Response:
    """Note that what the worker wrote needs no answer."""
    version = number_in(request.form.get("version", ""))
    if version is None:
        raise not_found()
    try:
        with hidden():
            unanswered.note_read(no=no, staff_no=member().number, version=version)
    except Problem as problem:
        if problem.status not in TOLD_IN_PLACE:
            raise
        flash(told_of(problem), "wrong")
    else:
        flash("记下了：看过了，不用回", "done")
    return _back(no)


@bp.route("/cases/<no>/annulments/<key>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def annulment(no: str, key: str) -> Response:
    """Ask that a missed promise does not count as missed."""
    who, case, form = member(), _case(no), ReasonForm()
    return _act(
        case,
        form,
        lambda: working.ask_annulment(no=no, key=key, staff_no=who.number, reason=form.words),
        title="申请不算超期",
        hint="写明为什么没能按时办。由区、市总工会管审批的另一个人来定，原来的期限一直看得到。",
        submit="提出来，等另一个人定",
        done="提出来了，等另一个人来定",
    )


@bp.post("/cases/<no>/papers/<kind>")
@access.staff(Right.CASE_WORK, Right.CASE_ASSIGNED)
@sent_once
def make_paper(no: str, kind: str) -> Response:
    """Make a paper of the case; the worker has it too."""
    with hidden():
        made = papers.make_paper(no=no, kind=kind, staff_no=member().number)
    flash(f"写好了：{made.title}。空着的地方用手写，签名以前和工友核对", "done")
    return go(url_for("console.cases.show", no=no))


@bp.post("/cases/<no>/proposals/<what>")
@access.staff(Right.CASE_WORK, Right.CASE_SIGN)
def decide(no: str, what: str) -> Response:
    """Make, or decline, what somebody else asked for."""
    approve = request.form.get("approve") == "yes"
    try:
        with hidden():
            working.decide(no=no, what=what, staff_no=member().number, approve=approve, read=_read())
    except Problem as problem:
        # Nothing was typed here: what is in the way (no account to pay to, say) is mended from the case's own page.
        if problem.status not in TOLD_IN_PLACE:
            raise
        flash(told_of(problem), "wrong")
    else:
        flash("批准了" if approve else "没有批准", "done")
    return _back(no)


@bp.route("/cases/<no>/acts/<act>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def paired_act(no: str, act: str) -> Response:
    """Ask for what two persons can do with any case: see who sent it in confidence, hold it, let its time run again."""
    who, case, form = member(), _case(no), ReasonForm()
    if act not in ACT_HINTS:
        raise not_found()
    asked = PairedAct(act)
    return _act(
        case,
        form,
        lambda: ask_for(no=no, act=asked, staff_no=who.number, reason=form.words),
        title=ACT_NAMES[asked],
        hint=ACT_HINTS[asked],
        submit="提出来，等另一个人定",
        done="提出来了，等另一个人来定",
    )


@bp.post("/cases/<no>/sender")
@access.staff(Right.CASE_WORK)
def sender(no: str) -> Response:
    """Who a case is from that was sent in confidence: shown to whoever asked, once a second person has approved."""
    case = _case(no)
    with hidden():
        worker = desk.revealed_worker(no=no, staff_no=member().number)
    return _panel("console/_sender.html", case=case, worker=worker)


def _act(
    case: Case,
    form: WordsForm,
    act: Callable[[], Case],
    *,
    title: str,
    hint: str | None,
    submit: str,
    done: str,
    replies: list[Reply] | None = None,
    candidates: Sequence[Candidate] = (),
    grounds: Mapping[str, Ground] | None = None,
) -> Response:
    """Show the form, or do it and lead back to the case; if somebody else was faster, say what happened."""
    meanwhile: list[Happened] = []

    def careful() -> Case:
        try:
            return act()
        except Problem as problem:
            if problem.code == CHANGED:
                meanwhile.extend(happened_since(case, form))
            raise

    if request.method == "POST":
        with hidden():
            made = form.done_by(careful)
        if made is not None:
            flash(done, "done")
            return _back(case.no)
    return _form(
        case,
        form,
        title=title,
        hint=hint,
        submit=submit,
        replies=replies,
        candidates=candidates,
        grounds=grounds,
        meanwhile=meanwhile,
        status=422 if form.is_submitted() else 200,
    )


def _form(
    case: Case,
    form: WordsForm,
    *,
    title: str,
    hint: str | None,
    submit: str,
    replies: list[Reply] | None = None,
    candidates: Sequence[Candidate] = (),
    grounds: Mapping[str, Ground] | None = None,
    meanwhile: list[Happened] | None = None,
    status: int,
) -> Response:
    # What was refused for other reasons is still for the version that it was written for.
    fresh = bool(meanwhile) or not form.is_submitted()
    return _panel(
        "console/_case_form.html",
        status=status,
        case=case,
        form=form,
        title=title,
        hint=hint,
        submit_words=submit,
        replies=replies or [],
        candidates=candidates,
        grounds=grounds or {},
        version=version_now(case) if fresh else form.version.data,
        seen=now().isoformat() if fresh else form.seen.data,
        meanwhile=meanwhile or [],
        names=names_in(meanwhile or []),
    )


def _back(no: str) -> Response:
    """To the case; where the act took it out of one's sight, to the list of those that one has."""
    who = member()
    if found_by_number(no, staff_no=who.number, right=right_of(who)) is not None:
        return go(url_for("console.cases.show", no=no))
    return go(url_for("console.queue.show" if Right.CASE_READ in who.rights else "console.boards.mine"))


def _panel(template: str, *, status: int = 200, **values: object) -> Response:
    if wants_part():
        return part(template, status=status, **values)
    return page("console/case_act.html", status=status, within=template, **values)


def _case(no: str) -> Case:
    with hidden():
        return writing.case_to_write_in(no=no, staff_no=member().number)


def _read() -> working.Read | None:
    """What was read before it was decided."""
    if "asked" not in request.form:
        return None
    version = number_in(request.form.get("version", ""))
    if version is None:
        raise not_found()
    try:
        return working.Read(uuid.UUID(request.form["asked"]), version)
    except ValueError:
        raise not_found() from None
