"""The template, filled in, is read again as it was meant."""

from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from gonghui.programmes.mutualaid.claims.checking import check_claims, claim_columns
from gonghui.programmes.mutualaid.claims.template import FIELDS, claims_template
from gonghui.programmes.mutualaid.rosters.files import read_roster
from gonghui.programmes.mutualaid.rosters.roster import Expectations
from gonghui.programmes.mutualaid.rosters.template import TemplateWords
from tests.programmes.mutualaid.enrolling import identity_number


def test_a_number_alone_is_enough_where_the_insurer_sends_its_data():
    book = load_workbook(BytesIO(claims_template(TemplateWords("申请汇总表"), str)))
    said = {"name": "王小明", "document_number": identity_number(1), "settlement_id": "S-1"}
    for field, value in said.items():
        book.worksheets[0].cell(4, FIELDS.index(field) + 1, value)
    stream = BytesIO()
    book.save(stream)
    file = read_roster(stream.getvalue(), "a.xlsx", known=claim_columns())
    claims = check_claims(file, Expectations(on=date(2022, 7, 1)))
    assert claims.values["settlement_id"] == ["S-1"]
    assert claims.values["facts"] == [{}]
    assert claims.bookable, claims.findings
