"""The YAML files of config/, which an operator changes."""

from pathlib import Path
from typing import Any

import yaml


class DocumentError(ValueError):
    """A file that cannot be read; the text says where and why."""


class _StrictLoader(yaml.CSafeLoader):
    """YAML without doubled keys, which would silently lose one, and without dates, which JSON does not have."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name is PyYAML's
        first: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        doubled = [key for key in keys if keys.count(key) > 1]
        if doubled:
            raise yaml.constructor.ConstructorError(None, None, f"the key {doubled[0]} is given twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path) -> Any:
    """A YAML file's content.

    Raises:
        DocumentError: it is not YAML, or a key is given twice.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)  # noqa: S506 - a stricter safe loader
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise DocumentError(f"{path.name}{line}: {error.problem}") from None
