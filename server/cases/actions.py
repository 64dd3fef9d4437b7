"""What staff can do with a case, and why not what they cannot. Pure: everything comes in."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from server.cases.declaration import Service
from server.cases.flow.machine import Position, Step
from server.cases.forms.fields import Viewer
from server.cases.vocabulary import IDENTITY_NAMES, Actor, ByAssignee, IdentityMode, PairedAct, Via
from server.cases.wording import for_staff
from server.unions.staff.vocabulary import Right

OTHERS_TURN = "工友不同意上次的结果、对公示有异议，或者要求换人：办过、定过的人这一次不能再办，要由别的同事来办"
OTHERS_TURN_OF_MERGED = "并到这里的一件，是对你办过、定过的事有异议：要由别的同事来答复，或者先把那一件分出来单独办"


UNSEEN = "还没有人凭编号和暗号来看过问题：看过以前办理时间照算，到期没有人来看，就凭现有的情况答复"
NOT_PRESSING = "期限还没有到这么紧（照工友填的日子算），不能用这一步"


class Allowed(Struct, frozen=True):
    """How far somebody's rights over a case go."""

    work: bool
    upper: bool
    """For a district or a city."""
    here: bool
    """For the union that it is with."""
    assigned: bool = False
    """Whether the case is in their own hands."""
    decide: bool = False
    """Over what others prepared."""
    verify: bool = False
    """Work on it, and verify people where it lies."""
    sign: bool = False
    """As the chair, or a deputy."""
    barred: bool = False
    """Whether the worker asked for somebody else, or objects to what this one decided."""

    @property
    def viewers(self) -> frozenset[Viewer]:
        """As whom they see the answers; whoever is barred works on the case no more."""
        if self.barred:
            return frozenset({Viewer.READER})
        held = {Viewer.HANDLER: self.work, Viewer.ASSIGNEE: self.assigned}
        return frozenset(viewer for viewer, is_one in held.items() if is_one) or frozenset({Viewer.READER})


class Action(Struct, frozen=True):
    """A step that the service declares for staff."""

    step: Step
    closed: str | None
    """Why it cannot be made now; None when it can."""

    @property
    def title(self) -> str:
        """Its name, without what is said in brackets."""
        return self.step.name.partition("（")[0]

    @property
    def hint(self) -> str | None:
        """What its name says in brackets."""
        return self.step.name.partition("（")[2].removesuffix("）") or None


def actions_of(
    service: Service,
    position: Position,
    *,
    mode: IdentityMode,
    running: Mapping[str, bool],
    urgent: Collection[str],
    asked: Collection[str],
    unready: Mapping[str, str],
    allowed: Allowed,
) -> list[Action]:
    """Every step for staff, in the order of its declaration.

    Args:
        running: keys of the clocks that run, and whether their time is over.
        urgent: keys of the computed values that are urgent now.
        asked: codes of the steps that wait for a second person.
        unready: by code of a step why it could only fail: a clock that cannot have more time, no account to pay to.
    """

    def closed(step: Step) -> str | None:
        title = service.assignment.title if service.assignment else ""
        if not allowed.work and not allowed.assigned:
            return "你的权限只能看，不能办"
        if step.by_assignee is ByAssignee.ALONE and not allowed.assigned:
            return f"要由指派的{title}自己来办"
        if step.by_assignee is None and not allowed.work:
            return f"要由工会的同事来办，不由{title}办"
        if allowed.barred:
            return OTHERS_TURN
        if mode not in step.modes:
            return f"这件事是{IDENTITY_NAMES[mode]}的，没法这样办"
        if step.once and step.code in position.spent:
            return "只能办一次，已经办过了"
        if position.state not in step.sources:
            names = [for_staff(state.name) for code, state in service.machine.states.items() if code in step.sources]
            return f"要在“{'”“'.join(names)}”的时候才能办"
        missing = sorted(step.after - position.spent)
        if missing:
            return f"要先办“{Action(service.machine.steps[missing[0]], None).title}”"
        made = sorted(step.before & position.spent)
        if made:
            return for_staff(f"工友已经{Action(service.machine.steps[made[0]], None).title}，不用再办这一步")
        if step.within is not None and running.get(step.within, True):
            return "时间已经过了，或者还没有开始算"
        if step.during is not None and step.during not in running:
            return "现在没有要你做的这一步，或者已经做过了"
        if step.while_urgent and not set(step.while_urgent) & set(urgent):
            return NOT_PRESSING
        if step.extend is not None and step.extend not in running:
            return "这个期限现在没有在算"
        if step.code in unready:
            return for_staff(unready[step.code])
        if step.right is Right.PAYMENTS:
            return "要由财务来办"
        if step.right is Right.CASE_DECIDE and not allowed.decide:
            return "要由负责审批的人来定"
        if step.upper and not allowed.upper:
            return "要由区、市总工会来办"
        if step.here and not allowed.here:
            return "要由现在管这件事的工会来办"
        if step.code in asked:
            return "已经有人提了，正等另一个人来定"
        return None

    found = [
        Action(step, UNSEEN if _waits_for_a_look(step, position, mode) else closed(step))
        for step in service.machine.steps.values()
        if Actor.STAFF in step.who or _waits_for_a_look(step, position, mode)
    ]
    # Of a step that is another one where the worker is known otherwise, that one is shown.
    here = {action.title for action in found if mode in action.step.modes}
    return [action for action in found if mode in action.step.modes or action.title not in here]


def _waits_for_a_look(step: Step, position: Position, mode: IdentityMode) -> bool:
    return step.via is Via.ACKNOWLEDGEMENT and position.state in step.sources and mode in step.modes


def may_decide(service: Service, what: str, *, allowed: Allowed) -> bool:
    """Whether somebody who did not ask for it can be the second person.

    Args:
        what: code of a step, key of the clock whose miss is not to count, or a `PairedAct`.
    """
    if what == PairedAct.ACCOUNT:
        return allowed.verify
    right = right_of_second(service, what)
    held = {Right.CASE_DECIDE: allowed.decide, Right.CASE_SIGN: allowed.sign, Right.CASE_WORK: allowed.work}
    return held.get(right, False)


def right_of_second(service: Service, what: str) -> Right:
    """What it takes to be the second person: to sign as the chair, what the step takes of a colleague, else to decide.

    Args:
        what: code of a step, key of the clock whose miss is not to count, or a `PairedAct`.
    """
    if what == PairedAct.ACCOUNT:
        return Right.CASE_WORK
    step = service.machine.steps.get(what)
    if step is not None and step.signed:
        return Right.CASE_SIGN
    return step.right if step is not None and step.peer else Right.CASE_DECIDE
