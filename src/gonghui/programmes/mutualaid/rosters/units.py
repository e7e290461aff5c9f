"""Which unit a row belongs to: by code, by name, or because only one unit sends."""

from __future__ import annotations

from collections.abc import Sequence

from gonghui.ground.directory.codes import check_credit_code, normalise_credit_code
from gonghui.ground.directory.names import fold_name
from gonghui.programmes.mutualaid.rosters.cells import Cells
from gonghui.programmes.mutualaid.rosters.readers import shortened
from gonghui.programmes.mutualaid.rosters.roster import Unit

_CREDIT_CODE_LENGTH = 18
_SEVERAL = -1


class UnitBook:
    """The units by every code and name they are known by."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.only = units[0].id if len(units) == 1 else None
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, int] = {}
        for unit in units:
            for code in (unit.credit_code, unit.code):
                if code:
                    self._by_code[normalise_credit_code(code)] = unit.id
            name = fold_name(unit.name)
            self._by_name[name] = _SEVERAL if name in self._by_name else unit.id

    def find(self, code: str, name: str) -> int | tuple[str, str]:
        """The unit's id; or what is wrong, and whether with the ``code`` or the ``name``."""
        if not (code or name):
            return self.only if self.only is not None else ("unit_missing", "name")
        by_name = self._by_name.get(fold_name(name)) if name else None
        if code:
            plain = normalise_credit_code(code)
            found = self._by_code.get(plain)
            if found is None:
                mistyped = len(plain) == _CREDIT_CODE_LENGTH and check_credit_code(plain)
                return ("unit_code_wrong" if mistyped else "unit_unknown"), "code"
            if by_name not in (None, found, _SEVERAL):
                return "unit_code_differs", "code"
            return found
        if by_name is None:
            return "unit_unknown", "name"
        return ("unit_ambiguous", "name") if by_name == _SEVERAL else by_name


def read_units(book: UnitBook, codes: Cells, names: Cells) -> list[int | None]:
    """The ids of the rows' units; None where the unit is not known."""
    pairs = list(zip(codes.texts, names.texts, strict=True))
    found = {pair: book.find(*pair) for pair in set(pairs)}
    ids = {pair: None if isinstance(unit, tuple) else unit for pair, unit in found.items()}
    if None in ids.values():
        faulty = codes.errors() | names.errors()
        for at, pair in enumerate(pairs):
            unit = found[pair]
            if isinstance(unit, tuple) and codes.numbers[at] not in faulty:
                code, whose = unit
                cells = codes if whose == "code" else names
                cells.note(at, code, value=shortened(cells.texts[at]))
    return [ids[pair] for pair in pairs]
