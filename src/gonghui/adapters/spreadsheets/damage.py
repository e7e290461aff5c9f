"""What the libraries that open a stranger's bytes raise over damaged ones."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree
from xml.parsers import expat

from gonghui.adapters.spreadsheets.errors import Judged

_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error),
    *(ElementTree.ParseError, expat.ExpatError, UnicodeError),
    # A part missing, an encoding of no such name; packed or addressed strangely.
    *(LookupError, NotImplementedError, ValueError),
)


@contextmanager
def damage_refused() -> Iterator[None]:
    """Inside, only such libraries work: what they raise says that the file is broken."""
    try:
        yield
    except _DAMAGE as error:
        raise Judged("broken") from error
