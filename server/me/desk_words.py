"""What the verification desk says of requests and accounts, at the console and on the command line."""

from server.core.access import Level
from server.identity.models import ActKind, DeskReason, Said

REASONS = {
    DeskReason.NOT_CONFIRMED: "名单上对不上",
    DeskReason.NUMBER_TAKEN: "号码已有账号",
    DeskReason.PAPER: "要看证件",
    DeskReason.SOURCE_AWAY: "名单查不了",
    DeskReason.CHANGED: "换了姓名或证件",
}
SAID = {Said.SAME: "一致", Said.DIFFERENT: "不一致（生僻字会误报）", Said.UNKNOWN: "查不到"}
KINDS = {
    ActKind.SEEN: "当面核实",
    ActKind.MERGE: "合并账号",
    ActKind.RELEASE: "取消号码",
    ActKind.UNFREEZE: "恢复账号",
}
LEVELS = {
    Level.L0: "还没登记手机",
    Level.L1: "手机确认过",
    Level.L2: "实名认证过",
    Level.L3: "当面核实过",
}
