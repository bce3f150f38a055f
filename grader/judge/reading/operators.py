"""What a source may call the operators that an exercise refuses."""

from __future__ import annotations

from grader.sandbox.inside.refusals import CONVOLUTIONS, FAMILIES


def covered_names(refused: tuple[str, ...]) -> frozenset[str]:
    """What a source may call the refused operators: functions, inner operators and layers of torch, and NumPy's."""
    names: set[str] = set()
    for operator in refused:
        family = FAMILIES[operator]
        names |= {name.partition("::")[2].strip("_") for name in family}
        names |= {
            _layer(other, suffix)
            for other in FAMILIES
            if FAMILIES[other] is family
            for suffix in ("", "1d", "2d", "3d")
        }
        names |= {other for other in FAMILIES if FAMILIES[other] is family}
        if family is CONVOLUTIONS:
            names |= {"convolve", "correlate"}
    return frozenset(names | {f"Lazy{name}" for name in names if name[:1].isupper()})


def _layer(operator: str, suffix: str) -> str:
    """The class of torch.nn for an operator: ConvTranspose2d for conv_transpose2d."""
    return "".join(part[:1].upper() + part[1:] for part in operator.split("_")) + suffix
