"""What the source page publishes, what had to be assumed, and how to say so in every output."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gonghui.core.periods import day_of

SYNTHETIC = "合成数据：人员、单位、身份证号和结算记录均由程序生成，不对应任何真实的人。"
"""Stands in every file the twin writes."""

SOURCE = "焦作市总工会报纸版面《降低交费标准 提高支付比例》，2022年11月"

UNITS = 423
WORKERS = 62_715
FEE_FEN = 80_00
CONTRIBUTIONS_FEN = 5_017_200_00
COVER_FROM = day_of(date(2022, 1, 1))
COVER_UNTIL = day_of(date(2023, 1, 1))


@dataclass(frozen=True, slots=True)
class Targets:
    """The payments that the page reports: what the twin is calibrated against."""

    people: int = 1_120
    paid_fen: int = 960_290_00
    cut_off: int = day_of(date(2022, 10, 31))
    hardship_fen: int = 27_970_00
    hardship_paid_by: int = day_of(date(2022, 3, 31))


@dataclass(frozen=True, slots=True)
class Statement:
    """One figure or circumstance of the twin: published by the source, or assumed for a reason."""

    name: str
    label: str
    value: str
    because: str = ""

    @property
    def published(self) -> bool:
        return not self.because


PUBLISHED = (
    Statement("units", "参加单位", "423"),
    Statement("workers", "参加职工", "62715"),
    Statement("fee", "每人互助金（元）", "80"),
    Statement("contributions", "共交纳互助金（元）", "5017200.00"),
    Statement("people_paid", "享受互助的职工（人）", "1120"),
    Statement("paid", "支付互助保障金（元）", "960290.00"),
    Statement("hardship_maximum", "困难职工中享受最多（元）", "27970.00"),
    Statement("hardship_paid_in", "该困难职工的享受月份", "2022-03"),
    Statement("hardship_unit", "该困难职工的单位", "焦煤集团九里山矿"),
)

ASSUMED = (
    Statement("cut_off", "“截至10月份”的截止日", "2022-10-31", "版面只写“截至10月份”，取月末"),
    Statement(
        "hardship_by", "该困难职工全部到账的截止日", "2022-03-31", "版面写“今年3月份”，取月末"
    ),
    Statement("hardship_times", "该困难职工的享受次数", "2", "版面未载，取当时的次数上限"),
    Statement("unit_sizes", "各单位人数", "重尾分布", "版面只有合计"),
    Statement("people", "姓名、性别、出生日期", "随机", "版面未载，也不应使用真实个人"),
    Statement("admissions", "住院率", "每百人每年约17次", "参照全国劳动年龄人口，版面未载"),
    Statement("costs", "医疗费用及其构成", "对数正态加重尾", "版面未载"),
    Statement("corrections", "冲销与迟到的结算", "约1.2%与约2%", "版面未载"),
    Statement("take_up", "谁提出申请", "随应得金额上升", "版面只有结果，按结果校准"),
    Statement("after_cut_off", "截止日以后的申请与给付", "按同样的申请倾向", "版面未载"),
)
