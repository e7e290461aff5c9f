"""Names for people who do not exist.

Drawn from common characters, so a name may well be somebody's; but the characters are such that no
name of the source page can arise. A few are held by GB18030 and Unicode only, because rosters have
such names and systems stumble over them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙"
)
_GIVEN = (
    "伟强磊洋勇杰涛超刚平鹏飞鑫波斌浩凯健俊帆国建志海林峰龙庆东旭成红卫文永振学朝义山",
    "芳敏静霞秀玲桂萍红梅婷慧洁雪颖莉燕云珍兰凤玉倩淑惠彩春香月莹佳晶瑞雅欣怡悦玥荷蕾",
)
"""Of men, of women."""
_RARE = "䶮㛃喆堃昇頔"
_RARE_SHARE = 0.002
_TWO_CHARACTERS_SHARE = 0.18


def draw_names(rng: np.random.Generator, female: NDArray[np.bool_]) -> NDArray[np.str_]:
    """A name for each; the surname's frequency falls with its rank, as in life."""
    count = female.size
    surnames = np.array(list(_SURNAMES))
    weights = 1.0 / (np.arange(surnames.size) + 3.0)
    surname = surnames[rng.choice(surnames.size, count, p=weights / weights.sum())]
    second = np.where(rng.random(count) < _TWO_CHARACTERS_SHARE, "", _given(rng, female))
    last = _given(rng, female)
    rare = rng.random(count) < _RARE_SHARE
    last[rare] = np.array(list(_RARE))[rng.integers(0, len(_RARE), int(rare.sum()))]
    return np.strings.add(np.strings.add(surname, second), last)


def _given(rng: np.random.Generator, female: NDArray[np.bool_]) -> NDArray[np.str_]:
    characters = np.array([list(row) for row in _GIVEN])
    return characters[female.astype(np.int64), rng.integers(0, characters.shape[1], female.size)]
