"""What a document is, by its first bytes; its name is not asked."""

from __future__ import annotations

from gonghui.adapters.pictures.errors import Judged

_TAKEN = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF-", "PDF"),
)
_REFUSED = ((b"GIF8", "gif"), (b"\xd0\xcf\x11\xe0", "archive"), (b"Rar!", "archive"))
_HEIF = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
_BEGINNING = 1024


def judge(data: bytes) -> str:
    """The format by Pillow's name, or PDF; ``Judged`` for anything that is not taken."""
    for start, kind in _TAKEN:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    for start, code in _REFUSED:
        if data.startswith(start):
            raise Judged(code)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        raise Judged("heic")
    if data[:2] == b"PK":
        raise Judged("ofd" if b"OFD.xml" in data else "archive")
    text = data[:_BEGINNING].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<") and b"<svg" in text:
        raise Judged("svg")
    if text.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        raise Judged("web_page")
    raise Judged("unknown")
