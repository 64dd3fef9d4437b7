"""Whether a service's rule of assignment and its board fit its form, its flow and the roles that there are."""

from collections.abc import Iterator

from server.cases.declaration import Service
from server.cases.forms.fields import CHOOSING
from server.unions.staff.roles import roles
from server.unions.staff.vocabulary import Right


def faults_of_assignment(service: Service) -> Iterator[str]:
    """The rule against form and roles, and the steps that need one."""
    form, rule, steps = service.form.declaration, service.assignment, service.machine.steps.values()
    if (rule is not None) != any(step.person for step in steps):
        yield "assignment: goes with a step with person, and only with it"
    if rule is None and any(step.by_assignee for step in steps):
        yield "assignment: has to be there for steps with assignee"
    if rule is not None:
        held = roles().get(rule.role)
        if held is None or Right.CASE_ASSIGNED not in held.rights or not held.covers(service.key):
            yield f"assignment.role: {rule.role} is no role for cases of {service.key} that are assigned"
        for part in ("skill", "language"):
            key = getattr(rule, part)
            if key is not None and ((field := form.field(key)) is None or field.type not in CHOOSING):
                yield f"assignment.{part}: {key} is no choice"
        if rule.parties is not None:
            table = form.field(rule.parties.field)
            columns = {column.key for column in table.fields} if table else set()
            if not {rule.parties.name, rule.parties.code or rule.parties.name} <= columns:
                yield "assignment.parties: there is no such table, or no such column"


def faults_of_board(service: Service) -> Iterator[str]:
    """The board against the flow and what is computed."""
    if service.board is None:
        return
    shown = [state for column in service.board.columns for state in column.states]
    going_on = {code for code, state in service.machine.states.items() if not state.final}
    if sorted(shown) != sorted(going_on):
        yield "board.columns: every state that is not final stands in one column"
    for key in set(service.board.dates) - {rule.key for rule in service.computed}:
        yield f"board.dates: there is no computed {key}"
