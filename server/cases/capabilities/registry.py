"""The capabilities by name. `flow.transitions.*.does` attaches them; they run inside the transaction of the step."""

from collections.abc import Mapping

from msgspec import Struct

from server.cases.capabilities import membership
from server.cases.capabilities.doing import Capability, Doing
from server.cases.declaration import Service


class Known(Struct, frozen=True):
    """A capability and what may be said about it."""

    run: Capability
    fields: frozenset[str] = frozenset()
    """Parameters that name a field of the form."""


CAPABILITIES: Mapping[str, Known] = {
    "enrol": Known(membership.enrol, membership.RECORD),
    "begin_transfer": Known(membership.begin_transfer),
    "stop_transfer": Known(membership.stop_transfer),
    "end_transfer": Known(membership.end_transfer, membership.RECORD),
}


def run(doing: Doing) -> None:
    """Do what the step attaches, in the order of the file."""
    for name, parameters in doing.step.does.items():
        CAPABILITIES[name].run(doing, parameters)


def faults_of(service: Service) -> list[str]:
    """What is wrong with what the steps of a service attach, each with its path in the file."""
    form = service.form.declaration
    found = []
    for code, step in service.machine.steps.items():
        for name, parameters in step.does.items():
            where = f"flow.transitions.{code}.does.{name}"
            known = CAPABILITIES.get(name)
            if known is None:
                found.append(f"{where}: there is no such capability")
                continue
            for parameter, value in parameters.items():
                if parameter not in known.fields:
                    found.append(f"{where}.{parameter}: it takes {', '.join(sorted(known.fields)) or 'nothing'}")
                elif form.field(str(value)) is None:
                    found.append(f"{where}.{parameter}: there is no field {value}")
    return found
