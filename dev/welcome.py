"""What the terminal shows of a run."""

import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

PEOPLE_SHOWN = 12

HEADINGS = {
    "code": "登录码 code",
    "level": "级别 level",
    "name": "姓名 name",
    "phone": "手机 phone",
    "id_number": "证件号 id number",
    "story": "是谁 who",
}
"""What is shown of a demo person; `code` signs in at POST /api/v1/sessions."""


def say(line: str) -> None:
    """One line about a step."""
    show(f"· {line}")


def show(text: str) -> None:
    """Print at once. A terminal that has gone away must not keep us from stopping in order."""
    try:
        print(text, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def welcome(
    port: int,
    *,
    standins: Mapping[str, int],
    people: Sequence[Mapping[str, Any]],
    staff: Mapping[str, Any] | None = None,
) -> None:
    """Show where everything is and as whom one can sign in.

    Args:
        staff: config/demo/staff.yaml, where its people are there.
    """
    base = f"http://127.0.0.1:{port}"
    addresses = {
        "暖蜂 service": base,
        "工作台 console": f"{base}/console/",
        "接口文档 API": f"{base}/api/docs",
        "运行状况 status": f"{base}/status",
    } | {f"{name} 替身 stand-in": f"http://127.0.0.1:{at}" for name, at in standins.items()}
    lines = ["", *table([[name, address] for name, address in addresses.items()])]
    if people:
        rows = [[str(person[key] or "") for key in HEADINGS] for person in people]
        lines += ["", "演示用户 demo people", *table([list(HEADINGS.values()), *rows[:PEOPLE_SHOWN]])]
        if len(rows) > PEOPLE_SHOWN:
            lines.append(f"  … {len(rows) - PEOPLE_SHOWN} more: {base}/api/v1/dev/identities")
    if staff:
        lines += ["", "演示工作人员 demo staff", *table(_members(staff))]
        lines.append(f"  密码 password: {staff['password']}  验证码 code: 登录页会显示 shown when signing in")
    lines += ["", "按 Ctrl-C 停止，数据会保留。Ctrl-C stops everything and keeps the data.", ""]
    show("\n".join(lines))


def _members(staff: Mapping[str, Any]) -> list[list[str]]:
    first = [(one, [role]) for role, persons in staff["first"].items() if role != "union" for one in persons]
    others = [(one, [role for role, _ in one["roles"]]) for one in staff["others"]]
    rows = [[one["number"], one["name"], ", ".join(dict.fromkeys(held))] for one, held in [*first, *others]]
    return [["工号 number", "姓名 name", "权限 roles"], *rows]


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns under one another, where a Chinese character takes two places."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
