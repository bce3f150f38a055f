"""Text from strangers (file names, printed output, messages) made fit to show: visible characters and line breaks."""

from __future__ import annotations

import re

ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*(?:[@-~]|$)|\][^\x07\x1b]*(?:\x07|\x1b\\|$)|[PX^_][^\x1b]*(?:\x1b\\|$)|[ -/]*[0-~])"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Characters that reorder or hide their neighbours ("Trojan Source", CVE-2021-42574).
DECEIVERS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
CAP = 64_000


def plain(text: str) -> str:
    """`text` without terminal escapes, control characters and characters that reorder or hide others."""
    text = ESCAPES.sub("", text.replace("\r\n", "\n"))
    return DECEIVERS.sub(_code_point, CONTROLS.sub("", text))


def printed(text: str, cap: int = CAP) -> tuple[str, int]:
    """What a terminal would show of printed output, and how many characters beyond `cap` were left out.

    A carriage return overwrites its line, as a progress bar does, so only the last version of it is kept.
    """
    left_out = max(0, len(text) - cap)
    lines = text[:cap].replace("\r\n", "\n").split("\n")
    shown = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    return plain(shown), left_out


def visible_source(text: str) -> str:
    """A program's text with deceiving characters written out, so that what one reads is what Python reads."""
    return DECEIVERS.sub(_code_point, CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))


def _code_point(match: re.Match[str]) -> str:
    return f"⟨U+{ord(match.group()):04X}⟩"
