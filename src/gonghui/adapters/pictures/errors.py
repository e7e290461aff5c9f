"""Refusals of documents, with a code by which tests know them."""

from __future__ import annotations

from gonghui.core.errors import N_, Place, Refusal

_PHOTO = N_("Take a photograph of it, or save it as JPEG or PDF, and send that file.")

SENTENCES: dict[str, tuple[str, str]] = {
    "empty": (N_("The document is empty."), N_("Choose the file again and send it again.")),
    "too_big": (
        N_("The document has {value} bytes, more than is taken."),
        N_("Send it in parts, or take the photograph in a smaller size."),
    ),
    "unknown": (N_("This is neither a picture nor a PDF."), _PHOTO),
    "svg": (N_("This is a drawing (SVG), not a photograph."), _PHOTO),
    "gif": (N_("GIF pictures are not taken."), _PHOTO),
    "heic": (
        N_("This is a picture in HEIC or AVIF, as some telephones save them."),
        N_("Save it as JPEG on the telephone (“most compatible”) and send that file."),
    ),
    "ofd": (
        N_("OFD documents are not taken yet."),
        N_("Open it in an OFD reader, save or print it as PDF, and send that file."),
    ),
    "archive": (
        N_("This is a compressed folder or an office document, not a picture."),
        N_("Unpack it, or save it as PDF, and send the pictures or the PDF."),
    ),
    "web_page": (N_("This is a web page, not a picture."), _PHOTO),
    "animated": (N_("The picture moves."), N_("Send one still picture of the document.")),
    "encrypted": (
        N_("The PDF is protected by a password."),
        N_("Remove the password and send it again."),
    ),
    "pages": (
        N_("The document has {value} pages, more than is taken."),
        N_("Send only the pages that are asked for."),
    ),
    "pixels": (
        N_("The picture is {value} pixels large, more than is taken."),
        N_("Send it in parts, or take the photograph in a smaller size."),
    ),
    "broken": (
        N_("The document is damaged or incomplete."),
        N_("Open it, see whether it shows, save it anew and send it again."),
    ),
    "too_large": (
        N_("Reading the document took more memory or time than allowed ({value})."),
        _PHOTO,
    ),
}


class PictureRefused(Refusal):
    """A document that cannot be taken."""

    def __init__(self, code: str, file: str, *, value: object = "") -> None:
        what, todo = SENTENCES[code]
        super().__init__(what, todo, place=Place(file), value=value)
        self.code = code


class Judged(Exception):
    """The same inside the child, which knows no file's name."""

    def __init__(self, code: str, value: object = "") -> None:
        super().__init__(code)
        self.code, self.value = code, value
