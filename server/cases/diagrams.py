"""A service's flow as a page: a diagram, and a table of what is promised. Pure; `flask case diagrams` writes them."""

from collections.abc import Iterable, Iterator

from server.cases.declaration import Service
from server.cases.flow.machine import ClockRule, Step
from server.cases.forms.fields import FormField, Viewer
from server.cases.seeing import WHO_OPENS, viewers_of
from server.cases.vocabulary import IDENTITY_NAMES, Actor, Direction, IdentityMode, Office

VIEWERS = {
    Viewer.HANDLER: "窗口办事的",
    Viewer.READER: "只能看的",
    Viewer.ASSIGNEE: "指派的人",
    Viewer.FINANCE: "财务",
    Viewer.OUTSIDE: "工会以外的单位",
}
OFFICES = {
    Office.TO: "to another union",
    Office.BACK: "back",
    Office.ROUTE: "where the rules lead",
    Office.UP: "to the union above",
    Office.HOME: "to where the worker belongs",
    Office.DISTRICT: "to the district",
}
ACTORS = {Actor.WORKER: "工友", Actor.STAFF: "工会", Actor.SYSTEM: "到期"}


def page(service: Service) -> str:
    """The page of a service, in Markdown with a Mermaid diagram."""
    return "\n".join(
        [
            f"# {service.name}",
            "",
            f"Written by `flask case diagrams` from `config/services/{service.key}.yaml`, version {service.version}.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *_diagram(service),
            "```",
            "",
            *_seen(service),
            "| clock | promise | deadline |",
            "|---|---|---|",
            *(_promise(rule) for rule in service.machine.clocks.values()),
            "",
            "| step | from | does |",
            "|---|---|---|",
            *(_row(service, step) for step in service.machine.steps.values()),
            "",
        ]
    )


def _seen(service: Service) -> Iterator[str]:
    """The answers that not everybody sees who opens a case, or that others see too."""
    there = [viewer for viewer in Viewer if viewer is not Viewer.ASSIGNEE or service.assignment is not None]
    rows = [
        f"| {within}{field.label} | {'、'.join(VIEWERS[viewer] for viewer in there if viewer in viewers)} |"
        for within, field in _each((*service.form.declaration.fields(), *service.form.declaration.files()))
        if (viewers := viewers_of(field)) != WHO_OPENS
    ]
    if rows:
        yield from ("| answer | seen by |", "|---|---|", *rows, "")


def _each(fields: Iterable[FormField], within: str = "") -> Iterator[tuple[str, FormField]]:
    for field in fields:
        yield within, field
        yield from _each(field.fields, within=f"{field.label}：")


def _diagram(service: Service) -> Iterator[str]:
    machine = service.machine
    for state in machine.states.values():
        yield f"  {state.code} : {state.name}"
    yield f"  [*] --> {machine.opening.target}"
    for step in machine.steps.values():
        if step.target is not None:
            for source in _in_order(service, step):
                yield f"  {source} --> {step.target} : {_short(step)}"
    for state in machine.states.values():
        if state.final:
            yield f"  {state.code} --> [*]"


def _in_order(service: Service, step: Step) -> list[str]:
    return [code for code in service.machine.states if code in step.sources]


def _short(step: Step) -> str:
    who = "12345" if step.mirrors else "、".join(ACTORS[actor] for actor in Actor if actor in step.who)
    return f"{who}：{step.name.split('（')[0]}"


def _promise(rule: ClockRule) -> str:
    names = "、".join(IDENTITY_NAMES[mode] for mode in sorted(rule.modes))
    whom = "" if rule.modes == frozenset(IdentityMode) else f"（{names}）"
    deadlines = "、".join(f"`{code}`" for code in sorted(rule.deadlines()))
    return f"| `{rule.key}` | {rule.name or ''}{whom} | {deadlines} |"


def _row(service: Service, step: Step) -> str:
    names = "、".join(service.machine.states[code].name for code in _in_order(service, step))
    return f"| `{step.code}` {step.name} | {names} | {'；'.join(_effects(step))} |"


def _effects(step: Step) -> Iterator[str]:
    if step.stop_all:
        yield "stops all clocks"
    elif step.stop:
        yield "stops " + ", ".join(f"`{key}`" for key in step.stop)
    if step.pause:
        yield "pauses what can be paused"
    if step.resume:
        yield "resumes"
    if step.start:
        yield "starts " + ", ".join(f"`{key}`" for key in step.start)
    if step.extend:
        yield f"extends `{step.extend}`" + (f" to `{step.extend_to}`" if step.extend_to else "")
    if step.due:
        yield f"when `{step.due}` has run out"
    if step.when:
        yield f"when this happens: `{step.when}`"
    if step.follows:
        yield "when the lead makes " + ", ".join(f"`{code}`" for code in step.follows)
    if step.mirrors:
        whose = {None: "", Direction.IN: " of its order", Direction.OUT: " of our order"}[step.order]
        yield "when 12345 says " + ", ".join(f"`{word}`" for word in step.mirrors) + whose
    if "exchange" in step.does:
        yield f"tells 12345 `{step.does['exchange']['send']}`"
    if step.within:
        yield f"only while `{step.within}` is not over"
    if step.during:
        yield f"while `{step.during}` is owed, also late"
    if step.by_message:
        yield "by any message to the worker"
    if step.by_outside:
        yield "by whatever an office outside tells the union"
    if step.while_urgent:
        yield "only while " + " or ".join(f"`{key}`" for key in step.while_urgent) + " is urgent"
    if step.once:
        yield "once"
    if step.before:
        yield "not after " + ", ".join(f"`{code}`" for code in sorted(step.before))
    if step.second:
        yield "two persons, the chair signs" if step.signed else "two persons"
    if step.upper:
        yield "district only"
    if step.office is not None:
        yield OFFICES[step.office]
    if step.handling is not None:
        yield f"handler: {step.handling}"
