"""The dictionary of facts a rule book may speak of.

Every fact about one settlement that money can depend on stands here once: its identifier, its
Chinese name, its unit, its national interface name where one exists, and the narrow integer type
it is stored in. A rule book that names anything else is refused.

Source of the national names: the settlement table ``setl_d`` of the national medical-insurance
platform as found in public code (see docs/reference/settlement-fields.md).

Units: ``fen`` (integer fen, 0 .. MAX_AMOUNT_FEN), ``day`` (days since 1970-01-01, NONE if not
stated), ``code`` (a vocabulary below), ``flag`` (0 or 1), ``number`` (a small count).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

NONE = -1_000_000
"""A date that is not stated: before any date of birth, unlike -1, which is 31 December 1969."""

MAX_AMOUNT_FEN = 1_000_000_000
"""Ten million yuan: an amount above it in one settlement is refused as absurd."""

Unit = Literal["fen", "day", "code", "flag", "number"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed list of codes: identifier -> (code, Chinese name)."""

    name: str
    words: MappingProxyType[str, tuple[int, str]]

    def code(self, word: str) -> int | None:
        """The code of an identifier or of its Chinese name; None when unknown."""
        for identifier, (code, label) in self.words.items():
            if word in (identifier, label):
                return code
        return None

    def identifier(self, code: int) -> str | None:
        return next((word for word, (value, _) in self.words.items() if value == code), None)

    def label(self, code: int) -> str | None:
        return next((label for value, label in self.words.values() if value == code), None)


def _vocabulary(name: str, **words: tuple[int, str]) -> Vocabulary:
    return Vocabulary(name, MappingProxyType(words))


EVENT_KINDS = _vocabulary(
    "event_kind",
    hospital_stay=(1, "住院"),
    chronic_outpatient=(2, "门诊慢特病"),
    critical_diagnosis=(3, "重大疾病确诊"),
    accident=(4, "意外伤害"),
    death=(5, "身故"),
    care=(6, "住院护理"),
    surgery=(7, "手术"),
    maternity=(8, "生育"),
    outpatient=(9, "普通门诊"),
)
HOSPITAL_LEVELS = _vocabulary(
    "hospital_level",
    unrated=(0, "未定级"),
    primary=(1, "一级"),
    secondary=(2, "二级"),
    tertiary=(3, "三级"),
)
INSURED_TYPES = _vocabulary(
    "insured_type", none=(0, "未参保"), employee=(1, "职工医保"), resident=(2, "居民医保")
)
SEXES = _vocabulary("sex", unknown=(0, "未说明"), male=(1, "男"), female=(2, "女"))
UNIT_CLASSES = _vocabulary(
    "unit_class",
    other=(0, "其他"),
    government=(1, "机关事业"),
    state_owned=(2, "国有企业"),
    private=(3, "非公企业"),
    new_form=(4, "新就业形态"),
)
DISEASE_GRADES = _vocabulary(
    "disease_grade", none=(0, "不分级"), mild=(1, "轻度"), severe=(2, "重度")
)
DISEASES = _vocabulary(
    "disease",
    other=(0, "其他疾病"),
    malignant_tumour=(1, "恶性肿瘤"),
    acute_myocardial_infarction=(2, "急性心肌梗死"),
    stroke_sequelae=(3, "脑中风后遗症"),
    organ_transplant=(4, "重大器官移植"),
    coronary_bypass=(5, "冠状动脉搭桥术"),
    end_stage_renal_disease=(6, "终末期肾病"),
    chronic_liver_failure=(7, "慢性肝功能衰竭"),
    benign_brain_tumour=(8, "良性脑肿瘤"),
    severe_burns=(9, "严重烧伤"),
    aplastic_anaemia=(10, "再生障碍性贫血"),
    leukaemia=(11, "白血病"),
    breast_cancer=(12, "乳腺癌"),
    cervical_cancer=(13, "宫颈癌"),
    ovarian_cancer=(14, "卵巢癌"),
    endometrial_cancer=(15, "子宫内膜癌"),
    carcinoma_in_situ=(16, "原位癌"),
    uraemia_dialysis=(17, "尿毒症透析"),
    hypertension=(18, "高血压"),
    diabetes=(19, "糖尿病"),
    pneumoconiosis=(20, "尘肺病"),
)
"""At most 62 codes, so that a person's paid kinds fit one integer carried across periods."""


@dataclass(frozen=True, slots=True)
class Field:
    """One fact. ``dtype`` is its storage type; ``default`` stands where a source has no column.

    ``whose``: ``event`` (the settlement itself), ``person`` (facts of the person on that day) or
    ``cover`` (facts of the enrolment under which it falls).
    """

    name: str
    label: str
    unit: Unit
    dtype: Literal["int8", "int16", "int32", "int64"]
    whose: Literal["event", "person", "cover"]
    national: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    vocabulary: Vocabulary | None = None
    default: int = 0


def _day(
    name: str, label: str, whose: Literal["event", "person", "cover"], *national: str
) -> Field:
    return Field(name, label, "day", "int32", whose, national, default=NONE)


def _fen(name: str, label: str, *national: str, aliases: tuple[str, ...] = ()) -> Field:
    return Field(name, label, "fen", "int32", "event", national, aliases)


def _flag(
    name: str,
    label: str,
    whose: Literal["event", "person", "cover"],
    default: int = 0,
    *national: str,
) -> Field:
    return Field(name, label, "flag", "int8", whose, national, default=default)


def _number(
    name: str, label: str, whose: Literal["event", "person", "cover"], default: int = 0
) -> Field:
    return Field(name, label, "number", "int16", whose, default=default)


def _code(
    vocabulary: Vocabulary,
    label: str,
    whose: Literal["event", "person", "cover"],
    *national: str,
    default: int = 0,
    aliases: tuple[str, ...] = (),
) -> Field:
    return Field(
        vocabulary.name, label, "code", "int8", whose, national, aliases, vocabulary, default
    )


_ALL = (
    # what happened, and when
    _code(EVENT_KINDS, "事件类别", "event", "MED_TYPE", default=1, aliases=("事件",)),
    _day("admitted_on", "入院日期", "event", "BEGNDATE"),
    _day("discharged_on", "出院日期", "event", "ENDDATE"),
    _day("settled_on", "结算日期", "event", "SETL_TIME"),
    _day("received_on", "收到日期", "event"),
    _day("filed_on", "申请日期", "event"),
    _day("paid_on", "给付日期", "event"),
    _day("reversed_on", "冲销日期", "event"),
    _day("delay_notice_until", "延期申报至", "event"),
    _code(HOSPITAL_LEVELS, "医院等级", "event", "HOSP_LV"),
    _flag("designated", "定点医疗机构", "event", 1),
    _flag("away", "异地就医", "event", 0, "OUT_FLAG"),
    _flag("counts_as_stay", "计算住院次数", "event", 1, "CAL_IPT_CNT"),
    _code(DISEASES, "病种", "event", "DISE_NO"),
    _code(DISEASE_GRADES, "病情程度", "event"),
    _flag("first_diagnosis", "首次确诊", "event", 1),
    _flag("pathology", "有病理报告", "event", 0),
    _number("days", "住院天数", "event"),
    _number("disability_percent", "伤残比例", "event"),
    _flag("declined", "本人选择不享受", "event", 0),
    _flag("claimed_elsewhere", "同一事件他人已享受", "event", 0),
    # money, as the insurer states it
    _fen("total_cost", "医疗费总额", "MEDFEE_SUMAMT"),
    _fen("own_expense", "全自费金额", "FULAMT_OWNPAY_AMT", aliases=("自费",)),
    _fen("over_limit", "超限价自费费用", "OVERLMT_SELFPAY"),
    _fen("preliminary_selfpay", "先行自付金额", "PRESELFPAY_AMT", aliases=("乙类先行自付",)),
    _fen("in_scope", "符合政策范围金额", "INSCP_AMT", "INSCP_SCP_AMT"),
    _fen("deductible_paid", "实际支付起付线", "ACT_PAY_DEDC", aliases=("起付线",)),
    _fen("pool_pay", "统筹基金支出", "HIFP_PAY"),
    _fen("civil_servant_pay", "公务员补助", "CVLSERV_PAY"),
    _fen("supplementary_pay", "企业补充支出", "HIFES_PAY"),
    _fen("resident_critical_pay", "居民大病支出", "HIFMI_PAY"),
    _fen("employee_large_pay", "职工大额支出", "HIFOB_PAY"),
    _fen("disabled_veteran_pay", "伤残人员支出", "HIFDM_PAY"),
    _fen("medical_aid_pay", "医疗救助支出", "MAF_PAY"),
    _fen("other_fund_pay", "其他基金支出", "OTHFUND_PAY", "OTH_PAY"),
    _fen("fund_total", "基金支付总额", "FUND_PAY_SUMAMT"),
    _fen("personal_total", "个人负担总金额", "PSN_PART_AMT", "PSN_PAY", aliases=("个人负担",)),
    _fen("account_pay", "个人账户支出", "ACCT_PAY"),
    _fen("account_shared_pay", "账户共济支付", "ACCT_MULAID_PAY"),
    _fen("cash_pay", "个人现金支出", "CASH_PAYAMT", "PSN_CASH_PAY"),
    _fen("proportional_selfpay", "按比例自付", aliases=("统筹段自付",)),
    _fen("above_ceiling", "超统筹封顶线金额"),
    _fen("commercial_pay", "商业保险赔付"),
    # the person on that day
    _day("born_on", "出生日期", "person"),
    _code(SEXES, "性别", "person"),
    _code(INSURED_TYPES, "医保类型", "person", "INSUTYPE", default=1),
    _flag("in_service", "在职", "person", 1),
    _flag("union_member", "工会会员", "person", 1),
    _day("retired_on", "退休日期", "person"),
    _day("left_unit_on", "离开单位日期", "person"),
    _flag("senior_title", "高级职称", "person", 0),
    _flag("hardship", "困难职工", "person", 0),
    _flag("extreme_poverty", "特困职工", "person", 0),
    _flag("model_worker", "劳动模范", "person", 0),
    _flag("card_holder", "持工会会员卡", "person", 0),
    # the cover
    _code(UNIT_CLASSES, "单位类别", "cover"),
    _day("cover_from", "互助保障开始", "cover"),
    _day("cover_until", "互助保障结束", "cover"),
    _day("uploaded_on", "名单上传日期", "cover"),
    _day("card_on", "会员卡生效日期", "cover"),
    _day("previous_cover_until", "上一期结束日期", "cover"),
    _number("shares", "份数", "cover", 1),
    _number("continuous_years", "连续参加年数", "cover"),
    _flag("base_plan", "已参加基础项目", "cover", 0),
    _flag("other_class_cover", "已参加同类项目", "cover", 0),
)

FIELDS: MappingProxyType[str, Field] = MappingProxyType({field.name: field for field in _ALL})
"""Every fact by its identifier, in storage order."""

AMOUNTS = tuple(field.name for field in _ALL if field.unit == "fen")
DATES = tuple(field.name for field in _ALL if field.unit == "day")

_BY_ANY_NAME = {
    spelling.casefold(): field
    for field in _ALL
    for spelling in (field.name, field.label, *field.national, *field.aliases)
}


def find(name: str) -> Field | None:
    """The field of an identifier, Chinese name, national name or alias; None when unknown."""
    return _BY_ANY_NAME.get(name.casefold())
