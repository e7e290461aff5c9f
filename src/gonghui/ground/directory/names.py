"""Names: stored as people write them, compared and ordered by what can be typed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from gonghui.core.errors import N_, Refusal

LONGEST_NAME = 60

DOTS = "·•・･‧∙⋅．.ꞏᐧ‐-"
"""What people type for the dot between the parts of a name of a minority or a foreigner."""
_DROPPED = re.compile(
    rf"[\s{re.escape(DOTS)}\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)
_COMMON = re.compile("[\u4e00-\u9fff]+")
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_BLANKS = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(r"(?<=[^\x00-\u2fff]) (?=[^\x00-\u2fff])")

# GBK put these characters into a private area before Unicode had a place for them; files written
# by old Windows programs still do. Source: GB 18030-2005 and -2022, changes against GBK.
_FROM_PRIVATE = str.maketrans(
    {
        "\ue816": "\U00020087",
        "\ue817": "\U00020089",
        "\ue818": "\U000200cc",
        "\ue831": "\U000215d7",
        "\ue83b": "\U0002298f",
        "\ue855": "\U000241fe",
        "\ue81e": "龴",
        "\ue826": "龵",
        "\ue82b": "龶",
        "\ue82c": "龷",
        "\ue832": "龸",
        "\ue843": "龹",
        "\ue854": "龺",
        "\ue864": "龻",
        "\ue863": "䶮",
    }
)
# Variants that one and the same person's papers use for one another. Characters that the table of
# 2013 restored for names (喆, 堃, 淼) are their own and stay.
_VARIANTS = str.maketrans(
    "峯羣衞啟啓鑑鑒強產綫畧淸靑敎瑠頴穎凃隣嶽慶國華龍鳳麗蘭蓮榮偉傑輝剛軍東興貴銀鋒鋼鑫寶學書"
    "陳張劉楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭彭呂蘇盧蔣賈葉閻譚鄒陸萬錢湯黎龔賴樊蘭"
    "鐘鍾瓊璽瑩瑋曉鵬飛鴻雲霞風義聖師賢財廣濤澤潤紅紹綱維緒經緯縵蘊贊躍進達運選遠連逺郷鄉"
    "長門開關雙雋靈靜韻順領頤顏願風駿驊髙鮮鶴鷗鷹鸞麥點齊",
    "峰群卫启启鉴鉴强产线略清青教琉颖颖涂邻岳庆国华龙凤丽兰莲荣伟杰辉刚军东兴贵银锋钢鑫宝学书"
    "陈张刘杨黄赵吴孙马罗郑谢许韩冯邓萧彭吕苏卢蒋贾叶阎谭邹陆万钱汤黎龚赖樊兰"
    "钟钟琼玺莹玮晓鹏飞鸿云霞风义圣师贤财广涛泽润红绍纲维绪经纬缦蕴赞跃进达运选远连远乡乡"
    "长门开关双隽灵静韵顺领颐颜愿风骏骅高鲜鹤鸥鹰鸾麦点齐",
)


def written_name(raw: str) -> str:
    """The name as it is stored: as written, in Unicode's composed form, without stray blanks.

    Spreadsheets widen a name of two characters (王　伟) to align it; between Chinese characters a
    space says nothing.
    """
    if _COMMON.fullmatch(raw):
        return raw
    name = unicodedata.normalize("NFC", _HIDDEN.sub("", raw)).translate(_FROM_PRIVATE)
    return _BETWEEN_HAN.sub("", _BLANKS.sub(" ", name).strip())


def fold_name(name: str) -> str:
    """What two spellings of one name have in common; for searching and comparing, never shown."""
    if _COMMON.fullmatch(name):  # a city's roster has 62,715 names, nearly all of them such
        return name.translate(_VARIANTS)
    plain = name.translate(_FROM_PRIVATE)
    for _ in range(2):  # what is dropped may have stood between a letter and its accent
        plain = _DROPPED.sub("", unicodedata.normalize("NFKC", plain).casefold())
    return unicodedata.normalize("NFC", plain).translate(_VARIANTS)


def check_name(name: str) -> Refusal | None:
    """Why this cannot be a person's name, as far as a program can know."""
    if not name:
        return Refusal(
            N_("The name is missing."), N_("Enter it as the document shows it."), field="name"
        )
    if len(name) > LONGEST_NAME:
        return Refusal(
            N_("The name has more than {most} characters."),
            N_("Enter only the name; remarks belong into their own column."),
            field="name",
            most=LONGEST_NAME,
        )
    if re.search(r"[0-9?？�□*]", name):
        return Refusal(
            N_("The name holds a digit, a question mark or a box in place of a character."),
            N_("Type it again; ask for the character if the computer does not show it."),
            field="name",
        )
    if any(unicodedata.category(character) == "Co" for character in name):
        return Refusal(
            N_("The name holds a character that only one computer knows."),
            N_("Type it again with a present input method, for rare characters one of GB 18030."),
            field="name",
        )
    return None


# Only surnames that are read otherwise than the same characters elsewhere.
_COMPOUND_SURNAMES = {
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "单于": "chan yu",
    "澹台": "tan tai",
    "乐正": "yue zheng",
    "宰父": "zai fu",
}
_SURNAMES_READ = {
    **{"bi": "秘", "bu": "卜", "chong": "种", "ge": "盖", "gou": "句", "kan": "阚", "miao": "缪"},
    **{"nai": "能佴", "nie": "乜", "ou": "区", "piao": "朴", "po": "繁", "qin": "覃", "qiu": "仇"},
    **{"shan": "单", "shao": "召", "she": "折", "xian": "洗", "xie": "解", "yue": "乐"},
    **{"yun": "员贠", "zeng": "曾", "zha": "查", "zhai": "翟祭"},
}
_SURNAMES = {
    surname: reading for reading, surnames in _SURNAMES_READ.items() for surname in surnames
}


@lru_cache(maxsize=50_000)
def _reading(character: str) -> str:
    # Imported here: it reads its tables for a fifth of a second, and checks do not need them.
    from pypinyin import Style, pinyin

    heard = pinyin(character, style=Style.NORMAL, errors="ignore")
    syllable = heard[0][0].replace("ü", "v") if heard else ""
    # A character without a known reading sorts after all others, by its number.
    return syllable if syllable.isascii() and syllable else f"~{ord(character):05x}"


def pinyin_key(name: str) -> str:
    """Syllables with spaces between, for ordering and for finding by sound: ``shan xiong xin``."""
    folded = fold_name(name)
    if not folded:
        return ""
    first = ""
    if len(folded) > 2 and folded[:2] in _COMPOUND_SURNAMES:
        first, rest = _COMPOUND_SURNAMES[folded[:2]], folded[2:]
    elif folded[0] in _SURNAMES and len(folded) > 1:
        first, rest = _SURNAMES[folded[0]], folded[1:]
    else:
        rest = folded
    parts = rest if _COMMON.fullmatch(rest) else re.findall(r"[a-z0-9']+|.", rest)
    syllables = [part if part.isascii() else _reading(part) for part in parts]
    if first:
        syllables.insert(0, first)
    return " ".join(syllables)
