"""Bad documents and pictures, built here; no file of anybody's is kept."""

import io
import struct
import zipfile
import zlib

from PIL import Image


def picture(kind, mode="RGB", size=(60, 40), colour=0, **options):
    written = io.BytesIO()
    Image.new(mode, size, colour).save(written, kind, **options)
    return written.getvalue()


def png_of(width, height, *, data=b"", depth=8, colour=0):
    """A PNG that says its size in the header, whatever follows."""

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def bomb(side=12_000):
    """Little to send, much to decode: 144 megapixels, all black."""
    return png_of(side, side, data=zlib.compress(bytes((side + 1) * side), 9))


def moving(kind):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    written = io.BytesIO()
    frames[0].save(written, kind, save_all=True, append_images=frames[1:])
    return written.getvalue()


def tiff(pages):
    first, *others = [Image.new("L", (8, 8), number % 256) for number in range(pages)]
    written = io.BytesIO()
    first.save(written, "TIFF", save_all=True, append_images=others)
    return written.getvalue()


def pdf(pages=1, *, catalogue="", trailer="", box="0 0 300 200"):
    parts = [
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>",
        f"<</Type/Pages/Count {pages}/Kids[{' '.join(f'{n + 3} 0 R' for n in range(pages))}]>>",
        *[f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]>>"] * pages,
    ]
    written, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(written))
        written += f"{number} 0 obj{part}endobj\n".encode()
    start = len(written)
    written += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode()
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    said = f"trailer<</Size {len(parts) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF"
    return written + said.encode()


def locked_pdf():
    secret = "00" * 32
    lock = f"/Encrypt<</Filter/Standard/V 1/R 2/O<{secret}>/U<{secret}>/P -4>>"
    return pdf(trailer=f"{lock}/ID[<00><00>]")


def zipped(*names):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return written.getvalue()


SCRIPT = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
JPEG = picture("JPEG")
CORPUS = {
    "jpeg": (JPEG, 1),
    "png": (picture("PNG"), 1),
    "webp": (picture("WEBP"), 1),
    "bmp": (picture("BMP"), 1),
    "tiff of three pages": (tiff(3), 3),
    "pdf": (pdf(2), 2),
    "cmyk": (picture("JPEG", "CMYK"), 1),
    "sixteen bits": (picture("PNG", "I;16", colour=40_000), 1),
    "transparent": (picture("PNG", "RGBA"), 1),
    "palette": (picture("PNG", "P"), 1),
    "one bit": (picture("TIFF", "1"), 1),
    "jpeg with a zip behind it": (JPEG + zipped("evil.js"), 1),
    "jpeg with a page behind it": (JPEG + b"<script>alert(1)</script>", 1),
    "pdf with a script": (pdf(catalogue=SCRIPT), 1),
    "empty": (b"", "empty"),
    "truncated jpeg": (picture("JPEG", size=(600, 400))[:400], "broken"),
    "truncated png": (picture("PNG", size=(600, 400))[:60], "broken"),
    "only a beginning": (b"\xff\xd8\xff", "broken"),
    "png called jpeg inside": (b"\xff\xd8\xff" + picture("PNG"), "broken"),
    "bomb": (bomb(), "pixels"),
    "huge header": (png_of(2_000_000_000, 2_000_000_000), "pixels"),
    "no width": (png_of(0, 10), "broken"),
    "moving png": (moving("PNG"), "animated"),
    "moving webp": (moving("WEBP"), "animated"),
    "tiff of many pages": (tiff(50), "pages"),
    "pdf of 1000 pages": (pdf(1000), "pages"),
    "pdf with a password": (locked_pdf(), "encrypted"),
    "pdf cut off": (b"%PDF-1.7\n%", "broken"),
    "gif": (picture("GIF", "L"), "gif"),
    "svg": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
    "html": (b"<!DOCTYPE html><html></html>", "web_page"),
    "zip": (zipped("a.txt"), "archive"),
    "ofd": (zipped("OFD.xml", "Doc_0/Document.xml"), "ofd"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(40), "heic"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "unknown"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "archive"),
    "text": ("发票".encode(), "unknown"),
}
