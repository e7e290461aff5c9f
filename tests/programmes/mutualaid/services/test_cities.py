"""A city is founded once, by two people, from a profile: everything or nothing."""

from datetime import date

import psycopg
import pytest

from tests.programmes.mutualaid.federation import PROFILE, PROFILES, refused
from tests.vault_fixtures import keys

__all__ = ["keys"]  # a fixture

pytestmark = pytest.mark.usefixtures("keys")
ON = date(2022, 1, 1)
SECRETS = "first secret of all", "second secret of all"


def found(source=PROFILE, names=("张三", "李四"), logins=("zhang", "li")):
    from gonghui.programmes.mutualaid.services.cities import Administrator, found_city

    first, second = (Administrator(*one) for one in zip(logins, names, SECRETS, strict=True))
    return found_city(source, "city.yaml", first, second, on=ON)


def enter(login="li"):
    from gonghui.ground.accounts.services.sessions import sign_in

    return sign_in(login, dict(zip(("zhang", "li"), SECRETS, strict=True))[login])


def test_from_an_empty_house_to_a_city(database):
    from gonghui.ground.directory.models import Body, PostKind, Union
    from gonghui.programmes.mutualaid.models import Scheme
    from gonghui.programmes.mutualaid.queries.profiles import city_profile
    from gonghui.verbs.treasury.models import Account, Fund

    made = found()
    assert made.funds == ("mutual_aid",)
    with enter().transaction() as scope:
        assert scope.whole
        union = Union.objects.get()
        assert (union.code, union.name, union.pk) == ("example", "示例市总工会", made.union_id)
        assert set(Body.objects.values_list("kind", "name")) == {
            ("committee", "示例市职工医疗互助管理委员会"),
            ("office", "示例市职工医疗互助管理委员会办公室"),
            ("leading_group", "示例市总工会党组"),
            ("audit_committee", "示例市总工会经费审查委员会"),
        }
        assert Scheme.objects.get().code == "example/medical"
        assert (Fund.objects.get().code, Fund.objects.get().name) == (
            "mutual-aid",
            "职工医疗互助金",
        )
        assert Account.objects.count() > 10
        assert city_profile().sha256 == made.profile.sha256
        assert PostKind.objects.count() > 5


def test_the_first_administers_and_the_second_heads_the_office(database):
    found()
    with enter("zhang").transaction() as scope:
        assert scope.may("accounts.write") and not scope.may("edition.publish")
    with enter("li").transaction() as scope:
        assert scope.may("edition.publish") and not scope.may("accounts.write")


def test_a_city_is_founded_once(database):
    found()
    with refused("has a city already"):
        found(logins=("wang", "zhao"), names=("王五", "赵六"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"logins": ("zhang", "zhang")}, "begins with two people"),
        ({"names": ("张三", "张三")}, "begins with two people"),
        ({"names": ("张三", "")}, ""),
    ],
)
def test_one_person_founds_no_city(database, said, words):
    with refused(words):
        found(**said)


def test_if_anything_is_refused_nothing_is_there(database, as_keeper):
    """The second person's account cannot be opened: the whole city is taken back."""
    from gonghui.programmes.mutualaid.services import cities

    short = cities.Administrator("li", "李四", "short")
    long = cities.Administrator("zhang", "张三", SECRETS[0])
    with refused("The secret has 5 characters"):
        cities.found_city(PROFILE, "city.yaml", long, short, on=ON)
    for table in ("directory_union", "directory_person", "accounts_account", "directory_postkind"):
        assert as_keeper.execute(f"select count(*) from {table}").fetchone() == (0,)
    found()


def test_nobody_else_founds_by_raw_sql(database, connect):
    found()
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="founded"):
        connect("web").execute(
            "select * from gate.found_city('c', 'n', '2022-01-01', 'x', 'x', 'administrator',"
            " '[]', 'x', '', '')"
        )


def test_the_city_of_the_source_is_founded_with_what_is_known_of_it(database):
    made = found((PROFILES / "jiaozuo.yaml").read_bytes())
    assert "contact.phone" in made.profile.unknown


def test_a_third_person_is_given_a_weighty_post_by_both(database):
    from gonghui.ground.directory.services.persons import Newcomer, register_person
    from gonghui.ground.directory.services.posts import appoint, confirm_appointment

    made = found()
    first, second = enter("zhang"), enter("li")
    person = register_person(first, Newcomer(made.union_id, "王五"), on=ON).person_id
    proposed = appoint(first, person, made.union_id, "office_clerk", on=ON)
    assert proposed.pending
    assert not confirm_appointment(second, proposed.appointment_id).pending
