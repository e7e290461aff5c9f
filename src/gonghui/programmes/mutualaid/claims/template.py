"""The template of a unit's list of applications (申请汇总表)."""

from __future__ import annotations

from gonghui.core.errors import N_
from gonghui.core.rulebook.fields import EVENT_KINDS, HOSPITAL_LEVELS
from gonghui.programmes.mutualaid.claims.checking import AMOUNTS, claim_columns
from gonghui.programmes.mutualaid.claims.rules import rules
from gonghui.programmes.mutualaid.rosters.findings import Translate
from gonghui.programmes.mutualaid.rosters.template import Layout, TemplateWords, template_workbook

LIST = "申请汇总表"
FIELDS = (
    *("serial", "name", "document_number", "settlement_id", "event_kind", "hospital_name"),
    *("hospital_level", "admitted_on", "discharged_on", "settled_on", *AMOUNTS),
    *("invoice_code", "invoice_number", "invoice_check", "unit_name", "remark"),
)
HINTS: tuple[str, ...] = (
    N_("One settlement a row; who was settled twice has two rows."),
    N_("Where the insurer sends its data, the settlement's number is enough; else copy amounts."),
    N_("Settlement and invoice numbers are text: type them into this template."),
    N_("Save as xlsx, without a password and without macros."),
)


def claims_template(words: TemplateWords, translate: Translate) -> bytes:
    """An xlsx to be filled in by a unit."""
    events = [EVENT_KINDS.words[word][1] for word in rules().needed]
    levels = [label for _, label in HOSPITAL_LEVELS.words.values()]
    layout = Layout(
        sheet=LIST,
        known=claim_columns(),
        choices={"event_kind": events, "hospital_level": levels},
        required=("name", "document_number", "settlement_id"),
        plain_numbers=("serial", *AMOUNTS),
        hints=HINTS,
    )
    return template_workbook(words, translate, fields=FIELDS, layout=layout)
