"""Rosters whose file itself is odd, damaged or hostile."""

from tests.adapters.spreadsheets import hostile
from tests.adapters.spreadsheets.builders import changed, compound, ods, text, xls, xlsx
from tests.programmes.mutualaid.rosters.corpus.people import NAME, person, roster, three


def _book():
    return xlsx(three())


roster("empty.xlsx")(lambda: b"")
roster("truncated.xlsx")(lambda: _book()[:-200])
roster("sheet-cut-in-two.xlsx")(lambda: hostile.sheet_cut_in_two(_book()))
roster("password.xlsx")(lambda: compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}))
roster("password.xls")(lambda: xls(three(), protected=True))
roster("password.ods")(lambda: ods(three(), encrypted=True))
roster("macro.xlsm")(lambda: hostile.with_part(_book(), "xl/vbaProject.bin"))
roster("macro.xls")(lambda: xls(three(), streams=["_VBA_PROJECT_CUR"]))
roster("external-links.xlsx")(
    lambda: hostile.with_part(_book(), "xl/externalLinks/externalLink1.xml")
)
roster("program-inside.xlsx")(lambda: hostile.with_part(_book(), "run.exe"))
roster("zip-bomb.xlsx")(lambda: hostile.zip_bomb(_book()))
roster("lying-directory.xlsx")(lambda: hostile.lying_directory(_book()))
roster("shared-string-bomb.xlsx")(
    lambda: hostile.shared_string_bomb(_book(), length=900_000, cells=5_000)
)
roster("repeated-cells.ods")(lambda: hostile.repeated_cells(rows=100_000, columns=1_000))
roster("far-corner.xlsx")(lambda: hostile.far_corner(_book()))
roster("entity-bomb.xlsx")(lambda: hostile.entity_bomb(_book()))
roster("two-million-styles.xlsx")(lambda: hostile.two_million_styles(_book()))
roster("two-million-styles-packed.xlsx")(
    lambda: hostile.two_million_styles(_book(), honest_ratio=False)
)
roster("text-named.xlsx")(lambda: text(three()))
roster("web-page.xls")(
    lambda: "<html><meta charset=gb2312><table><tr><td>姓名</td></tr></table>".encode("gb18030")
)
roster("word-document.xls")(lambda: compound({"WordDocument": b"x"}))
roster("folder.zip")(_book)
roster("picture.jpg")(lambda: b"\xff\xd8\xff\xe0" + b"\0" * 100)
roster("binary.xlsb")(lambda: changed(_book(), added={"xl/workbook.bin": b"x"}))

roster("gb18030.csv")(lambda: text(three(), "gb18030"))
roster("utf-8-without-mark.csv")(lambda: text(three(), "utf-8"))
roster("semicolons.csv")(lambda: text(three(), separator=";"))
roster("tabs.txt")(lambda: text(three(), "gb18030", separator="\t"))
roster("utf-16.txt")(lambda: text(three(), "utf-16", separator="\t"))


@roster("two-encodings.csv")
def _():
    others = [[*row, "示例第二机械厂职工"] for row in three()[1:]]
    return text(three(), "utf-8") + text(others, "gb18030")


@roster("nul.csv")
def _():
    return text(three(), "utf-8").replace("李秀英".encode(), b"\0\0\0") + b"\0"


@roster("quotes-that-swallow-rows.csv")
def _():
    lines = text(three(), "utf-8").decode().splitlines()
    opened = person(2)[NAME]
    lines[2] = lines[2].replace(opened, f'"{opened}')
    return ("\n".join(lines) + '"\n').encode()


@roster("comma-too-many.csv")
def _():
    lines = text(three(), "utf-8").decode().splitlines()
    lines[2] = lines[2].replace(",女", ",,女")
    return "\n".join(lines).encode()
