"""Which assumed parameters an output depends on.

An assumption counts when some decision of the output came to the entry it stands at: a rate that no
settlement was reckoned with changes nothing, whatever it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gonghui.core.rulebook.model import Edition, Parameter
from gonghui.doors.cli.report.words import said

_RELIED_WITHOUT_TRACE = ("contribution.fee",)


@dataclass(frozen=True)
class Assumptions:
    """The assumed parameters of an edition, split by whether the output depends on them."""

    edition: Edition
    relied: tuple[Parameter, ...]
    others: tuple[Parameter, ...]

    @property
    def total(self) -> int:
        return len(self.edition.parameters)

    @property
    def assumed(self) -> int:
        return len(self.relied) + len(self.others)

    def head(self) -> str:
        """One line: how many parameters there are, assumed, and depended on."""
        return said(
            "assumptions_count",
            edition=self.edition.id,
            total=self.total,
            cited=self.total - self.assumed,
            assumed=self.assumed,
            relied=len(self.relied),
        )

    def grouped(self) -> list[tuple[str, tuple[Parameter, ...]]]:
        """What the output depends on, by reason: many parameters are assumed for one reason."""
        return _grouped(self.relied)

    def grouped_others(self) -> list[tuple[str, tuple[Parameter, ...]]]:
        return _grouped(self.others)


def _grouped(parameters: Iterable[Parameter]) -> list[tuple[str, tuple[Parameter, ...]]]:
    groups: dict[str, list[Parameter]] = {}
    for parameter in parameters:
        groups.setdefault(parameter.citation.because, []).append(parameter)
    return [(because, tuple(found)) for because, found in groups.items()]


def assumptions_of(edition: Edition, reached: Iterable[str]) -> Assumptions:
    """``reached``: the paths of the entries that the output's decisions came to."""
    paths = {*reached, *_RELIED_WITHOUT_TRACE}
    relied = tuple(one for one in edition.assumptions if _is_reached(one.path, paths))
    others = tuple(one for one in edition.assumptions if one not in relied)
    return Assumptions(edition, relied, others)


def _is_reached(path: str, reached: set[str]) -> bool:
    """Whether the path or an entry above it was reached."""
    while path:
        if path in reached:
            return True
        path = path.rpartition(".")[0]
    return False
