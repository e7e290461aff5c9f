"""Charts of accounts: what ships, and what is refused before the database would."""

import pytest

from gonghui.core.errors import Refusal


@pytest.fixture
def read(django_ready, tmp_path):
    from gonghui.verbs.treasury.charts import read_chart

    def written(text):
        file = tmp_path / "chart.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_chart(file)

    return written


def test_the_chart_that_ships_has_what_a_mutual_aid_fund_needs(django_ready):
    from gonghui.verbs.treasury.charts import SHIPPED, read_chart

    kinds = {account.key: account.kind for account in read_chart(SHIPPED / "mutual-aid.yaml")}
    for key, kind in {
        "bank": "asset",
        "contributions_receivable": "asset",
        "contributions": "income",
        "subsidy_city": "income",
        "subsidy_district": "income",
        "subsidy_employer": "income",
        "benefits_payable": "liability",
        "grants_payable": "liability",
        "refunds_payable": "liability",
        "suspense": "liability",
    }.items():
        assert kinds[key] == kind


def test_an_account_as_it_is_written(read):
    (account,) = read('accounts:\n  bank: {code: "1", name: 银行, kind: asset, cash: true}\n')
    assert (account.key, account.code, account.name) == ("bank", "1", "银行")
    assert (account.kind, account.cash, account.store) == ("asset", True, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no accounts"),
        ("accounts: {}", "names no accounts"),
        ("accounts: [", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        ("accounts: {Bank: {}}", "A key is"),
        ("accounts: {bank: 银行}", "has a code, a name, a kind"),
        ("accounts: {bank: {code: '1', name: b, kind: asset, moon: 1}}", "has a code, a name"),
        ("accounts: {bank: {code: 1002, name: b, kind: asset}}", "in quotes"),
        ("accounts: {bank: {code: '1', kind: asset}}", "in quotes"),
        ("accounts: {bank: {code: '1', name: b, kind: moon}}", "The kind is"),
        ("accounts: {bank: {code: '1', name: b, kind: asset, cash: 1}}", "true or false"),
        ("accounts: {bank: {code: '1', name: b, kind: income, cash: true}}", "Only an asset"),
        (
            "accounts: {a: {code: '1', name: b, kind: asset},"
            " b: {code: '1', name: c, kind: asset}}",
            "at another account",
        ),
    ],
)
def test_what_is_refused(read, text, said):
    with pytest.raises(Refusal, match=said):
        read(text)
