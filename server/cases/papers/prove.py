"""Whether the papers of a service can be filled in, only with what everybody sees who opens the case."""

from collections.abc import Iterator, Mapping

from server.cases.declaration import Service
from server.cases.forms.fields import FieldType, FormField
from server.cases.leaving import LETTER
from server.cases.papers.rules import FILE_COLUMNS, FILES, IDENTITY_GAPS, KNOWN_GAPS, LETTER_GAPS
from server.cases.papers.templates import templates
from server.cases.seeing import WHO_OPENS, seen_by_all


def faults_of_papers(service: Service) -> Iterator[str]:
    """The gaps of the templates, against what fills them."""
    shown = {field.key: field for field in seen_by_all(service.form.declaration.fields(), WHO_OPENS)}
    of_steps = [given[LETTER]["template"] for step in service.machine.steps.values() if LETTER in (given := step.does)]
    for key in of_steps:
        if key in templates() and (unfilled := templates()[key].gaps() - LETTER_GAPS - _answers_on_paper(shown)):
            yield f"papers: {key} has a gap {min(unfilled)} that no letter fills"
    fillable = KNOWN_GAPS | _answers_on_paper(shown)
    computed = [f"computed.{rule.key}" for rule in service.computed if rule.needs() <= shown.keys()]
    fillable |= {*computed, *(f"{gap}.value" for gap in computed)}
    for key in service.papers:
        template = templates().get(key)
        if template is None:
            yield f"papers: config/papers has no {key}"
            continue
        for gap in sorted(template.gaps() - fillable):
            yield f"papers: {key} has a gap {gap} that nothing fills, or that not everybody sees"
        for name, columns in template.tables().items():
            if name == FILES:
                if unknown := columns - FILE_COLUMNS:
                    yield f"papers: {key} names {name}.{min(unknown)}, which there is not"
                continue
            table = shown.get(name)
            if table is None or table.type not in {FieldType.ROWS, FieldType.CHOICES}:
                yield f"papers: {key} goes through {name}, which is no table that everybody sees"
            elif missing := columns - {column.key for column in table.fields}:
                yield f"papers: {key} names {name}.{min(missing)}, which there is not"
        if not template.identity and template.gaps() & IDENTITY_GAPS:
            yield f"papers: {key} names what only papers with identity may"


def _answers_on_paper(shown: Mapping[str, FormField]) -> set[str]:
    return {f"answers.{key}" for key, field in shown.items() if field.type is not FieldType.ROWS}
