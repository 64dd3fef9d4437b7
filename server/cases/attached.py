"""Files given to fields of a form: what is wrong with those that come, and which of a case somebody may open. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from server.cases.declaration import Service
from server.cases.forms.fields import Answers, FormDeclaration, Viewer
from server.cases.seeing import seen
from server.core.said import Said


class InField(Protocol):
    """A stored file."""

    @property
    def field(self) -> str | None:
        """Key of its field; None for what came without one."""


F = TypeVar("F", bound=InField)

NOTHING_BEFORE: Mapping[str, int] = {}
NO_SUCH = "现在的表里没有这一栏，请把文件加到“附件”里"


def faults_of_files(
    form: FormDeclaration,
    items: Sequence[Mapping[str, Any]],
    answers: Answers,
    *,
    before: Mapping[str, int] = NOTHING_BEFORE,
    whole: bool = False,
) -> dict[str, list[str]]:
    """What is wrong with files that come with answers, by dotted path.

    Args:
        items: `{"field"?, …}`.
        answers: those that were accepted.
        before: how many files each field has already.
        whole: whether every file that is required has to be there already.
    """
    shown = {field.key: field for field in form.files() if field.visible_if is None or field.visible_if.holds(answers)}
    errors: dict[str, list[str]] = {
        f"attachments.{index}.field": [NO_SUCH]
        for index, item in enumerate(items)
        if item.get("field") is not None and item["field"] not in shown
    }
    given = Counter(before) + Counter(item["field"] for item in items if item.get("field") is not None)
    for key, field in shown.items():
        if given[key] > field.most_files:
            errors[f"answers.{key}"] = [
                Said(f"这一栏最多 {field.most_files} 个文件", "too_many_files", limit=field.most_files)
            ]
        required = field.required or (field.required_if is not None and field.required_if.holds(answers))
        if whole and required and not given[key]:
            errors[f"answers.{key}"] = [Said("请附上文件", "file_required")]
    return errors


def kinds_of(service: Service) -> dict[str, Collection[str]]:
    """What each field for files takes."""
    return {field.key: field.kinds for field in service.form.declaration.files()}


def labels_of(service: Service) -> dict[str, str]:
    """What each field for files is called."""
    return {field.key: field.label for field in service.form.declaration.files()}


def seen_files(service: Service, files: Iterable[F], viewers: Collection[Viewer]) -> list[F]:
    """The files that any of these viewers may open, who open the case: those of no field, and of the fields that they
    see."""
    shown = {field.key for field in seen(service.form.declaration.files(), viewers)}
    return [one for one in files if one.field is None or one.field in shown]
