"""Turns a well-shaped service document into a `Service`. What may be wrong with it beyond its shape: `loader.py`."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.cases.alike import AlikeRule, Near
from server.cases.declaration import (
    AskedBy,
    Assignment,
    Board,
    Caution,
    Column,
    ConsentRule,
    Mode,
    Parties,
    Service,
    Tell,
    Way,
    WayBy,
)
from server.cases.flow.machine import ClockRule, Ground, Machine, NoticeText, State, Step
from server.cases.forms.answers import CompiledForm
from server.cases.forms.computed import Computed, Reminder
from server.cases.forms.fields import (
    Choice,
    Condition,
    FieldType,
    FileKind,
    FormDeclaration,
    FormField,
    Many,
    Section,
    Viewer,
)
from server.cases.grouping import GroupRule
from server.cases.taking_over import TakenAnswer, TakesOver
from server.cases.vocabulary import (
    Actor,
    ByAssignee,
    Direction,
    Handling,
    IdentityMode,
    Occasion,
    Office,
    Phase,
    Reader,
    Via,
    Who,
    Words,
)
from server.core.access import Level
from server.identity.models import ConsentKey
from server.unions.staff.vocabulary import Right

Document = Mapping[str, Any]


def service_of(document: Document, *, pausable: Mapping[str, bool]) -> Service:
    """The service of a document.

    Args:
        document: of the shape of `service.schema.yaml`.
        pausable: every deadline the document names, and whether it may pause.
    """
    form = CompiledForm(_form(document["form"]), title=document["name"])
    asked = form.declaration.asked()
    return Service(
        key=document["key"],
        version=document["version"],
        prefix=document["prefix"],
        name=document["name"],
        summary=document["summary"],
        place=document.get("place", False),
        firm_side=document.get("firm-side", False),
        by_proxy=document.get("by-proxy", False),
        asked_by=_asked_by(document.get("asked-by")),
        one_at_a_time=document.get("one-at-a-time", False),
        by_desk=document.get("by-desk", False),
        opened_from=tuple(document.get("opened-from", ())),
        called_by=document.get("called-by"),
        objects_to=document.get("objects-to"),
        step_up=document.get("step-up", False),
        cautions=tuple(Caution(Condition.of(given["if"]), given["say"]) for given in document.get("cautions", ())),
        route=tuple(_way(way) for way in document.get("route", ())),
        retention=document.get("retention"),
        text_or_file=document.get("text-or-file"),
        modes={
            IdentityMode(mode): Mode(
                level=Level[given["level"]], explain=given["explain"], preselected=given.get("preselected", False)
            )
            for mode, given in document["modes"].items()
        },
        consents=tuple(_consent(given) for given in document["consents"]),
        urgent_if=_condition(document.get("urgent-if")),
        page_if=_condition(document.get("page-if")),
        tell=tuple(Tell(Condition.of(given["if"]), given["say"]) for given in document.get("tell", ())),
        alike=tuple(_alike(given) for given in document.get("alike", ())),
        group=_group(document.get("group")),
        takes_over=tuple(_takes_over(given) for given in document.get("takes-over", ())),
        form=form,
        asked=form if asked == form.declaration else CompiledForm(asked, title=document["name"]),
        computed=tuple(_computed(given) for given in document.get("computed", ())),
        example=document["example"],
        example_by_staff=document.get("example-by-staff", {}),
        machine=_machine(document["flow"], pausable),
        assignment=_assignment(document.get("assignment")),
        board=_board(document.get("board")),
        papers=tuple(document.get("papers", ())),
        document=document,
    )


def _asked_by(given: Document | None) -> AskedBy | None:
    return None if given is None else AskedBy(members=given["who"] == "members", otherwise=given["otherwise"])


def _assignment(given: Document | None) -> Assignment | None:
    if given is None:
        return None
    parties = given.get("parties")
    return Assignment(
        role=given["role"],
        title=given["title"],
        skill=given.get("skill"),
        language=given.get("language"),
        parties=None if parties is None else Parties(parties["field"], parties["name"], parties.get("code")),
    )


def _board(given: Document | None) -> Board | None:
    if given is None:
        return None
    columns = tuple(Column(column["name"], tuple(column["states"])) for column in given["columns"])
    return Board(columns, dates=tuple(given.get("dates", ())))


def _alike(given: Document) -> AlikeRule:
    near = given.get("near")
    return AlikeRule(
        same=tuple(given["same"]),
        near=None if near is None else Near(field=near.get("field"), metres=near["metres"]),
        hours=given["hours"],
        condition=_condition(given.get("if")),
        joins=given.get("joins", False),
        told_from=given.get("told-from"),
    )


def _group(given: Document | None) -> GroupRule | None:
    if given is None:
        return None
    parties = given["parties"]
    return GroupRule(
        least=given["least"],
        days=given["days"],
        same=tuple(given["same"]),
        people=given["people"],
        parties=parties["field"],
        name=parties["name"],
        code=parties.get("code"),
        besides=_condition(parties.get("besides")),
        say=given["say"],
    )


def _takes_over(given: Document) -> TakesOver:
    return TakesOver(
        source=given["from"],
        condition=_condition(given.get("if")),
        suggested_by=given.get("suggested-by"),
        told_on=given.get("told-on"),
        answers=tuple(
            TakenAnswer(one["field"], one["from"], column=one.get("column"), values=one.get("as"))
            for one in given["answers"]
        ),
    )


def _way(given: Document) -> Way:
    return Way(
        by=WayBy(given["by"]),
        field=given["field"],
        table=given.get("table"),
        area=given.get("area"),
        condition=_condition(given.get("if")),
        away_from_home=given.get("away-from-home", False),
    )


def _consent(given: Document) -> ConsentRule:
    return ConsentRule(
        key=ConsentKey(given["key"]),
        why=given.get("why"),
        condition=_condition(given.get("if")),
        with_place=given.get("with-place", False),
        later=given.get("later", False),
        modes=_modes(given),
        optional=given.get("optional", False),
    )


def _condition(given: Document | None) -> Condition | None:
    return None if given is None else Condition.of(given)


def _modes(given: Document) -> frozenset[IdentityMode]:
    return frozenset(IdentityMode(mode) for mode in given.get("modes", list(IdentityMode)))


def _form(given: Document) -> FormDeclaration:
    return FormDeclaration(
        tuple(
            Section(
                key=section["key"],
                title=section["title"],
                help=section.get("help"),
                fields=tuple(_field(field, _condition(section.get("visible-if"))) for field in section["fields"]),
            )
            for section in given["sections"]
        )
    )


def _field(given: Document, section: Condition | None = None) -> FormField:
    """A field, which is visible only where its section is."""
    own = _condition(given.get("visible-if"))
    return FormField(
        key=given["key"],
        type=FieldType(given["type"]),
        label=given["label"],
        help=given.get("help"),
        placeholder=given.get("placeholder"),
        widget=given.get("widget"),
        required=given.get("required", False),
        required_if=_condition(given.get("required-if")),
        visible_if=own.both(section) if own and section else own or section,
        minimum=given.get("minimum"),
        maximum=given.get("maximum"),
        many=Many(given["many"]["least"], given["many"]["say"]) if "many" in given else None,
        choices=tuple(Choice(value, label) for value, label in given.get("choices", {}).items()),
        fields=tuple(_field(column) for column in given.get("columns", ())),
        distinct=given.get("distinct", False),
        happened=given.get("not-after") == "today",
        kinds=tuple(FileKind(kind) for kind in given.get("kinds", ())),
        retention=given.get("retention"),
        seen_by=frozenset(map(Viewer, given["seen-by"])) if "seen-by" in given else None,
        outside=given.get("outside", False),
        by_staff=given.get("by") == "staff",
        filled_from=given.get("filled-from"),
        suggested=given.get("suggested"),
        fills=given.get("fills"),
    )


def _computed(given: Document) -> Computed:
    return Computed(
        key=given["key"],
        name=given["name"],
        function=given["function"],
        answers=given.get("answers", {}),
        conditions={name: Condition.of(condition) for name, condition in given.get("conditions", {}).items()},
        reminder=_reminder(given.get("remind")),
    )


def _reminder(given: Document | None) -> Reminder | None:
    if given is None:
        return None
    return Reminder(
        days=tuple(given["days"]),
        states=frozenset(given["states"]),
        unless=Condition.of(given["unless"]) if "unless" in given else None,
        title=given["notice"]["title"],
        body=given["notice"]["body"],
        done_by=frozenset(given.get("done-by", ())),
        undone_by=frozenset(given.get("undone-by", ())),
    )


def _machine(given: Document, pausable: Mapping[str, bool]) -> Machine:
    opening = given["opening"]
    return Machine(
        states={code: _state(code, state) for code, state in given["states"].items()},
        steps={code: _step(code, step) for code, step in given["transitions"].items()},
        clocks={key: _clock(key, clock, pausable) for key, clock in given["clocks"].items()},
        opening=Step(
            code="submit",
            name="提交",
            sources=frozenset(),
            target=opening["to"],
            who=frozenset({Actor.WORKER}),
            office=Office(opening["office"]) if "office" in opening else None,
            start=tuple(opening["start"]),
            timeline=opening["timeline"],
            notice=NoticeText(**opening["notice"]) if opening["notice"] else None,
        ),
    )


def _state(code: str, given: Document) -> State:
    return State(
        code=code,
        name=given["name"],
        phase=Phase(given["phase"]),
        next=Who(given["next"]),
        by=given.get("by"),
        final=given.get("final", False),
        rating=given.get("rating", False),
        waits_for=given.get("waits-for"),
        changeable=frozenset(given["changeable"]) if "changeable" in given else None,
    )


def _clock(key: str, given: Document, pausable: Mapping[str, bool]) -> ClockRule:
    chosen = given.get("by-answer")
    by_answer = (chosen["field"], chosen["deadlines"]) if chosen else None
    urgent = given.get("urgent")
    codes = [given["deadline"], *(by_answer[1].values() if by_answer else ()), *([urgent] if urgent else ())]
    return ClockRule(
        key=key,
        name=given.get("name"),
        deadline=given["deadline"],
        by_answer=by_answer,
        urgent=urgent,
        modes=_modes(given),
        pausable=all(pausable[code] for code in codes),
    )


def _ground(given: str | Document) -> Ground:
    """A reason; one sentence is both what staff choose and what the worker reads."""
    if isinstance(given, str):
        return Ground(given, f"{given}。")
    return Ground(given["name"], given["say"], Words(given.get("text", Words.NONE)))


def _several(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _step(code: str, given: Document) -> Step:
    clocks = given.get("clocks", {})
    stop = clocks.get("stop", ())
    return Step(
        code=code,
        name=given["name"],
        sources=frozenset(given["from"]),
        target=given.get("to"),
        who=frozenset(Actor(actor) for actor in given["who"]),
        via=Via(given["via"]) if "via" in given else None,
        due=given.get("due"),
        follows=_several(given.get("follows", ())),
        hears=given.get("hears", True),
        mirrors=tuple(given.get("mirrors", ())),
        order=Direction(given["order"]) if "order" in given else None,
        consent=ConsentKey(given["consent"]) if "consent" in given else None,
        words=Words(given.get("text", Words.NONE)),
        words_for=Reader(given.get("text-for", Reader.WORKER)),
        when=Occasion(given["when"]) if "when" in given else None,
        once=given.get("once", False),
        after=frozenset(given.get("after", ())),
        before=frozenset(given.get("before", ())),
        within=given.get("within"),
        during=given.get("during"),
        by_message=given.get("by-message", False),
        by_outside=given.get("by-outside", False),
        while_urgent=tuple(given.get("while-urgent", ())),
        second="second" in given,
        peer=given.get("second") == "peer",
        signed=given.get("second") == "chair",
        right=Right(given["right"]) if "right" in given else Right.CASE_WORK,
        complete=given.get("complete", False),
        bulk=tuple(given.get("bulk", ())),
        money=given.get("money", False),
        upper=given.get("upper", False),
        handling=Handling(given["handler"]) if "handler" in given else None,
        office=Office(given["office"]) if "office" in given else None,
        here=given.get("here", False),
        does=given.get("does", {}),
        by_assignee=ByAssignee(given["assignee"]) if "assignee" in given else None,
        person=given.get("person", False),
        grounds={key: _ground(ground) for key, ground in given.get("grounds", {}).items()},
        lead=given.get("lead", False),
        joins=given.get("joins", False),
        files=Words(given.get("files", Words.NONE)),
        date=given.get("date", False),
        since=given.get("since"),
        keeps=given.get("keeps"),
        extend=clocks.get("extend"),
        extend_to=clocks.get("extend-to"),
        modes=_modes(given),
        start=tuple(clocks.get("start", ())),
        stop=() if stop == "all" else tuple(stop),
        stop_all=stop == "all",
        pause=clocks.get("pause", False),
        resume=clocks.get("resume", False),
        timeline=given["timeline"],
        notice=NoticeText(**given["notice"]) if given["notice"] else None,
    )
