"""What wraps a line before the program's own format begins: docker, compose, Kubernetes, syslog, the journal, glog."""

from __future__ import annotations

import json
import re
from typing import Any

from workbench.analysis.logs.formats.parsed import Parsed, Role
from workbench.analysis.logs.formats.syslog import unwrap_own_header, unwrap_priority
from workbench.analysis.logs.levels import level_of, syslog_level
from workbench.case.enums import Level

_COMPOSE = re.compile(r"([A-Za-z][\w.-]*?)\s*\|(?: |$)")
_KUBECTL = re.compile(r"\[(pod/[^\]\s]+)\] ?")
_CRI = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP])(?: |$)")
_STAMPED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d))(?: |$)")
_CLOUDWATCH = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00) ([\w.-]+(?:/[\w.$\[\]-]+)+)(?: |$)")
"""As ``aws logs tail`` prints it: the time, the stream, the line."""
_KLOG = re.compile(r"([IWEFD])((?:\d{4}|\d{8}) \d\d:\d\d:\d\d\.\d{1,9})\s+\d+ ([\w./-]+):\d+\] ?")


def load_object(line: str) -> dict[str, Any] | None:
    """The JSON object that ``line`` is, or None."""
    if not line.startswith("{") or not line.rstrip().endswith("}"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def unwrap_object(value: dict[str, Any]) -> Parsed | None:
    """What docker's json-file driver or the journal's export wrote, or None for other objects."""
    if isinstance(value.get("log"), str) and "stream" in value:
        text: str = value["log"]
        role = Role.RECORD if text.endswith("\n") else Role.PARTIAL
        stream = str(value["stream"])
        return Parsed(text.rstrip("\r\n"), role, str(value.get("time", "")), stream=stream, format="docker json-file")
    if "MESSAGE" in value and ("__REALTIME_TIMESTAMP" in value or "_BOOT_ID" in value or "__CURSOR" in value):
        priority = str(value.get("PRIORITY", ""))
        return Parsed(
            _journal_text(value["MESSAGE"]),
            time=str(value.get("_SOURCE_REALTIME_TIMESTAMP") or value.get("__REALTIME_TIMESTAMP", "")),
            level=syslog_level(int(priority)) if priority.isdigit() else Level.UNKNOWN,
            logger=str(value.get("SYSLOG_IDENTIFIER") or value.get("_COMM") or ""),
            host=str(value.get("_HOSTNAME", "")),
            stream=str(value.get("_PID", "")),
            format="journald JSON",
        )
    return None


def _journal_text(message: Any) -> str:
    """The journal writes bytes that are not UTF-8 as a list of numbers, and several values as a list of texts."""
    if isinstance(message, list):
        if all(isinstance(byte, int) and 0 <= byte < 256 for byte in message):
            return bytes(message).decode("utf-8", "replace")
        return "\n".join(map(str, message))
    return "" if message is None else str(message)


def unwrap_prefix(line: str) -> Parsed | None:
    """What compose, kubectl, a container runtime, syslog or glog (klog too) put before the line, or None."""
    if line.startswith("["):
        found = _KUBECTL.match(line)
        return Parsed(line[found.end() :], stream=found.group(1), format="kubectl prefix") if found else None
    if line.startswith("<"):
        return unwrap_priority(line)
    found = _CRI.match(line)
    if found:
        role = Role.PARTIAL if found.group(3) == "P" else Role.RECORD
        return Parsed(line[found.end() :], role, found.group(1), stream=found.group(2), format="Kubernetes CRI")
    found = _KLOG.match(line)
    if found:
        level, time, file = found.groups()
        return Parsed(line[found.end() :], time=time, level=level_of(level), logger=file, format="glog")
    found = _STAMPED.match(line)
    if found:
        return Parsed(line[found.end() :], time=found.group(1), format="runtime times")
    found = _CLOUDWATCH.match(line)
    if found:
        return Parsed(line[found.end() :], time=found.group(1), stream=found.group(2), format="CloudWatch")
    found = _COMPOSE.match(line)
    if found:
        return Parsed(line[found.end() :], stream=found.group(1), format="compose")
    return unwrap_own_header(line)
