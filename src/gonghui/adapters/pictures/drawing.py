"""Pages as pixels, and pixels as fresh JPEGs. Runs inside the child only."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageOps

from gonghui.adapters.pictures.errors import Judged
from gonghui.adapters.pictures.limits import Limits

_QUALITY = 85
_DOTS_A_POINT = 200 / 72
_PASSWORD = 4  # FPDF_ERR_PASSWORD

# The header is judged below, by our own limit and as a refusal, not a warning.
Image.MAX_IMAGE_PIXELS = None


def pages_of_picture(data: bytes, kind: str, limits: Limits) -> Iterator[tuple[int, int, bytes]]:
    """Width, height and JPEG of each page; only TIFF has several."""
    try:
        # Formats are named: unasked, Pillow would try every decoder, Ghostscript among them.
        with Image.open(io.BytesIO(data), formats=(kind,)) as picture:
            frames = getattr(picture, "n_frames", 1)
            if kind == "TIFF":
                _few(frames, limits)
            elif frames > 1 and kind != "JPEG":  # a JPEG's further pictures are its previews
                raise Judged("animated")
            for number in range(frames if kind == "TIFF" else 1):
                if number:
                    picture.seek(number)
                _small(picture.size, limits)
                yield _fresh(ImageOps.exif_transpose(picture), limits)
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError) as error:
        raise Judged("broken") from error


def pages_of_pdf(data: bytes, limits: Limits) -> Iterator[tuple[int, int, bytes]]:
    """Each page as it prints. Forms are not started, so nothing in the file runs."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            _few(len(document), limits)
            for number in range(len(document)):
                page = document[number]
                width, height = page.get_size()
                if not (1 <= width < 1e6 and 1 <= height < 1e6):
                    raise Judged("broken")
                scale = min(_DOTS_A_POINT, limits.side / max(width, height))
                drawn = page.render(scale=scale, rev_byteorder=True)
                yield _fresh(drawn.to_pil(), limits)
                page.close()
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", 0) == _PASSWORD
        raise Judged("encrypted" if locked else "broken") from error


def _few(pages: int, limits: Limits) -> None:
    if pages < 1:
        raise Judged("broken")
    if pages > limits.pages:
        raise Judged("pages", pages)


def _small(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise Judged("broken")
    if width * height > limits.pixels:
        raise Judged("pixels", f"{width} × {height}")


def _fresh(picture: Image.Image, limits: Limits) -> tuple[int, int, bytes]:
    """A new picture gets the pixels and nothing else: no EXIF, profile, comment or preview."""
    if picture.mode == "I" or picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    picture.thumbnail((limits.side, limits.side))
    paper = Image.new("RGB", picture.size, "white")
    if picture.mode == "RGBA":
        paper.paste(picture, mask=picture.getchannel("A"))
    else:
        paper.paste(picture.convert("RGB"))
    written = io.BytesIO()
    paper.save(written, "JPEG", quality=_QUALITY)
    return paper.width, paper.height, written.getvalue()
