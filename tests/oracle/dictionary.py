"""The facts a rule book may speak of, restated for the oracle, and nothing else.

Written a second time on purpose: the oracle imports nothing from ``gonghui.core``. That both
dictionaries say the same is itself a test (``test_dictionary.py``).
"""

NOT_STATED = -1_000_000
"""A date that is not stated; the dates of those born before 1970 are negative, too."""
MAX_AMOUNT_FEN = 10_000_000 * 100

# identifier: other names. A settlement is a dict of these identifiers, all values whole numbers:
# amounts in fen, dates in days since 1970-01-01, codes, flags 0 or 1, counts.
AMOUNTS = {
    "total_cost": "医疗费总额 MEDFEE_SUMAMT",
    "own_expense": "全自费金额 自费 FULAMT_OWNPAY_AMT",
    "over_limit": "超限价自费费用 OVERLMT_SELFPAY",
    "preliminary_selfpay": "先行自付金额 乙类先行自付 PRESELFPAY_AMT",
    "in_scope": "符合政策范围金额 INSCP_AMT INSCP_SCP_AMT",
    "deductible_paid": "实际支付起付线 起付线 ACT_PAY_DEDC",
    "pool_pay": "统筹基金支出 HIFP_PAY",
    "civil_servant_pay": "公务员补助 CVLSERV_PAY",
    "supplementary_pay": "企业补充支出 HIFES_PAY",
    "resident_critical_pay": "居民大病支出 HIFMI_PAY",
    "employee_large_pay": "职工大额支出 HIFOB_PAY",
    "disabled_veteran_pay": "伤残人员支出 HIFDM_PAY",
    "medical_aid_pay": "医疗救助支出 MAF_PAY",
    "other_fund_pay": "其他基金支出 OTHFUND_PAY OTH_PAY",
    "fund_total": "基金支付总额 FUND_PAY_SUMAMT",
    "personal_total": "个人负担总金额 个人负担 PSN_PART_AMT PSN_PAY",
    "account_pay": "个人账户支出 ACCT_PAY",
    "account_shared_pay": "账户共济支付 ACCT_MULAID_PAY",
    "cash_pay": "个人现金支出 CASH_PAYAMT PSN_CASH_PAY",
    "proportional_selfpay": "按比例自付 统筹段自付",
    "above_ceiling": "超统筹封顶线金额",
    "commercial_pay": "商业保险赔付",
}
DATES = {
    "admitted_on": "入院日期 BEGNDATE",
    "discharged_on": "出院日期 ENDDATE",
    "settled_on": "结算日期 SETL_TIME",
    "received_on": "收到日期",
    "filed_on": "申请日期",
    "paid_on": "给付日期",
    "reversed_on": "冲销日期",
    "delay_notice_until": "延期申报至",
    "born_on": "出生日期",
    "retired_on": "退休日期",
    "left_unit_on": "离开单位日期",
    "cover_from": "互助保障开始",
    "cover_until": "互助保障结束",
    "uploaded_on": "名单上传日期",
    "card_on": "会员卡生效日期",
    "previous_cover_until": "上一期结束日期",
}
FLAGS = {
    "designated": "定点医疗机构",
    "away": "异地就医 OUT_FLAG",
    "counts_as_stay": "计算住院次数 CAL_IPT_CNT",
    "first_diagnosis": "首次确诊",
    "pathology": "有病理报告",
    "declined": "本人选择不享受",
    "claimed_elsewhere": "同一事件他人已享受",
    "in_service": "在职",
    "union_member": "工会会员",
    "senior_title": "高级职称",
    "hardship": "困难职工",
    "extreme_poverty": "特困职工",
    "model_worker": "劳动模范",
    "card_holder": "持工会会员卡",
    "base_plan": "已参加基础项目",
    "other_class_cover": "已参加同类项目",
}
NUMBERS = {
    "days": "住院天数",
    "disability_percent": "伤残比例",
    "shares": "份数",
    "continuous_years": "连续参加年数",
}
CODES = {
    "event_kind": "事件类别 事件 MED_TYPE",
    "hospital_level": "医院等级 HOSP_LV",
    "disease": "病种 DISE_NO",
    "disease_grade": "病情程度",
    "sex": "性别",
    "insured_type": "医保类型 INSUTYPE",
    "unit_class": "单位类别",
}
# The words of each code, in the order of their numbers, Chinese beside each. `event_kind` starts
# from 1, all others from 0.
WORDS = {
    "event_kind": """hospital_stay 住院  chronic_outpatient 门诊慢特病
        critical_diagnosis 重大疾病确诊  accident 意外伤害  death 身故  care 住院护理
        surgery 手术  maternity 生育  outpatient 普通门诊""",
    "hospital_level": "unrated 未定级  primary 一级  secondary 二级  tertiary 三级",
    "insured_type": "none 未参保  employee 职工医保  resident 居民医保",
    "sex": "unknown 未说明  male 男  female 女",
    "unit_class": """other 其他  government 机关事业  state_owned 国有企业  private 非公企业
        new_form 新就业形态""",
    "disease_grade": "none 不分级  mild 轻度  severe 重度",
    "disease": """other 其他疾病  malignant_tumour 恶性肿瘤
        acute_myocardial_infarction 急性心肌梗死  stroke_sequelae 脑中风后遗症
        organ_transplant 重大器官移植  coronary_bypass 冠状动脉搭桥术
        end_stage_renal_disease 终末期肾病  chronic_liver_failure 慢性肝功能衰竭
        benign_brain_tumour 良性脑肿瘤  severe_burns 严重烧伤  aplastic_anaemia 再生障碍性贫血
        leukaemia 白血病  breast_cancer 乳腺癌  cervical_cancer 宫颈癌  ovarian_cancer 卵巢癌
        endometrial_cancer 子宫内膜癌  carcinoma_in_situ 原位癌  uraemia_dialysis 尿毒症透析
        hypertension 高血压  diabetes 糖尿病  pneumoconiosis 尘肺病""",
}
FACTS = {**AMOUNTS, **DATES, **FLAGS, **NUMBERS, **CODES}

# What stands where a settlement says nothing; of everything else 0, of dates "not stated".
SAID_OTHERWISE = {
    "event_kind": 1,
    "designated": 1,
    "counts_as_stay": 1,
    "first_diagnosis": 1,
    "insured_type": 1,
    "in_service": 1,
    "union_member": 1,
    "shares": 1,
}
DEFAULTS = dict.fromkeys(FACTS, 0) | dict.fromkeys(DATES, NOT_STATED) | SAID_OTHERWISE

_IDENTIFIERS = {
    spelling.casefold(): identifier
    for identifier, others in FACTS.items()
    for spelling in [identifier, *others.split()]
}


def identifier(name: str) -> str:
    """``自费``, ``FULAMT_OWNPAY_AMT`` and ``own_expense`` are all ``own_expense``."""
    return _IDENTIFIERS[name.casefold()]


def known(name: str) -> bool:
    return name.casefold() in _IDENTIFIERS


def code(fact: str, word: str) -> int:
    """The number of a code's word: ``code("hospital_level", "二级")`` is 2."""
    words = WORDS[fact].split()
    first = 1 if fact == "event_kind" else 0
    return first + words.index(word) // 2
