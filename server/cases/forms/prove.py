"""Whether a declared form holds together: its fields, and the conditions that name them. Pure."""

from collections.abc import Iterator

from server.cases.forms.fields import CHOOSING, SILENT, Condition, FieldType, FormDeclaration, FormField

_NEVER_A_COLUMN = {FieldType.ROWS, FieldType.SIGNATURE, FieldType.PUBLICATION, FieldType.FILE, *SILENT}


def faults_of_form(form: FormDeclaration) -> Iterator[str]:
    seen: set[str] = set()
    for section in form.sections:
        for field in section.fields:
            where = f"form.{section.key}.{field.key}"
            if field.key in seen:
                yield f"{where}: the key is taken"
            seen.add(field.key)
            if field.distinct:
                yield f"{where}.distinct: goes with a column of rows"
            yield from _faults_of_field(field, where)
            if field.fills is not None and (
                field.type is not FieldType.PUBLICATION
                or (filled := form.field(field.fills)) is None
                or filled.type is not FieldType.AREA
            ):
                yield f"{where}.fills: goes with publication, and names a field for an area"
            for name, condition in (("required-if", field.required_if), ("visible-if", field.visible_if)):
                yield from faults_of_condition(form, condition, f"{where}.{name}")


def faults_of_condition(form: FormDeclaration, condition: Condition | None, where: str) -> Iterator[str]:
    for case in condition.cases if condition else ():
        for key, values in case.items():
            field = form.field(key)
            if field is None:
                yield f"{where}: there is no field {key}"
            elif field.type is FieldType.YES_NO:
                if not all(isinstance(value, bool) for value in values):
                    yield f"{where}: {key} is answered true or false"
            elif field.type not in {FieldType.CHOICE, FieldType.OPEN_CHOICE}:
                yield f"{where}: {key} is neither a choice nor a yes_no"
            elif unknown := set(values) - {choice.value for choice in field.choices}:
                yield f"{where}: {key} is never {min(map(str, unknown))}"


def _faults_of_field(field: FormField, where: str) -> Iterator[str]:
    if (field.type in CHOOSING) != bool(field.choices):
        yield f"{where}.choices: go with choice, open_choice and choices, and only with them"
    if (field.type is FieldType.ROWS) != bool(field.fields):
        yield f"{where}.columns: go with rows, and only with them"
    if field.happened and field.type not in {FieldType.DATE, FieldType.MONTH}:
        yield f"{where}.not-after: goes with date and month"
    if field.many is not None and field.type is not FieldType.ROWS:
        yield f"{where}.many: goes with rows, and only with them"
    if (field.type is FieldType.FILE) != bool(field.kinds):
        yield f"{where}.kinds: go with file, and only with it"
    if field.type is FieldType.FILE and field.minimum is not None:
        yield f"{where}.minimum: files are asked for with required"
    for column in field.fields:
        if column.distinct and column.type is not FieldType.TEXT:
            yield f"{where}.{column.key}.distinct: goes with text"
        if column.type in _NEVER_A_COLUMN:
            yield f"{where}.{column.key}: a column is a simple field"
        yield from _faults_of_field(column, f"{where}.{column.key}")
