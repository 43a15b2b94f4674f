"""Names that read the same are one name: no table has it twice, and a row is found however its name is written."""

import importlib

import pytest
from django.apps import apps
from django.core.management import call_command

from register.characters import fold_name, get_name_refusal
from register.models import Group, Organisation, Topic, User
from register.models.names import describe_twins
from register.refusals import Invalid
from register.services.reference import keep, keep_user

migration = importlib.import_module("register.migrations.0025_names")
SAME = ["recco", "RECCO", "\uff32\uff25\uff23\uff23\uff4f", "REC\u200bCo", "RE\u00adCCo", " RECCo", "RECCo\ufe0f"]
MIXED = ["RECC\u043e", "D\u03f9C", "\u0415NA", "Ofg\u0435m"]


@pytest.mark.parametrize("name", SAME)
def test_a_name_that_reads_like_another_is_refused(name, cast):
    with pytest.raises(Invalid, match="reads the same"):
        keep(Organisation(name=name), by=cast.triage)


@pytest.mark.parametrize(("model", "name"), [(Topic, "mdr ROLE"), (Group, "Ccdg")])
def test_topics_and_groups_are_told_apart_as_organisations_are(model, name, cast):
    with pytest.raises(Invalid, match="reads the same"):
        keep(model(name=name), by=cast.triage)


def test_logins_are_told_apart_by_how_they_read(cast):
    with pytest.raises(Invalid, match="reads the same"):
        keep_user(User(username="TRIAGE", password="!"), by=cast.superuser)


@pytest.mark.parametrize("name", MIXED)
def test_a_name_of_two_scripts_is_refused(name, cast):
    with pytest.raises(Invalid, match="in one script"):
        keep(Organisation(name=name), by=cast.triage)


@pytest.mark.parametrize("name", ["\u200b", "\u2800", "\u3164", "\u0301", " \ufeff"])
def test_a_name_that_cannot_be_seen_is_refused(name, cast):
    with pytest.raises(Invalid):
        keep(Organisation(name=name), by=cast.triage)


@pytest.mark.parametrize("name", ["Électricité", "ΔΕΗ", "東京ガス", "Straße 9", "O'Neill & Sons", "L’Énergie-2"])
def test_a_name_of_one_script_is_taken(name):
    assert get_name_refusal(name) == ""


def test_a_refused_twin_is_told_of_on_the_page(client_of):
    answer = client_of("triage").post("/admin/register/organisation/add/", {"name": "recco", "full_name": ""})
    assert "there is one that reads the same" in answer.content.decode()


def test_a_name_can_be_written_otherwise_and_leaves_its_key(cast):
    row = Organisation.objects.get(name="RECCo")
    row.name = "REC Co"
    keep(row, by=cast.triage)
    keep(Organisation(name="recco"), by=cast.triage)
    assert Organisation.objects.get_called("rec co").pk == row.pk


@pytest.fixture
def twin(cast):
    """An organisation `recco` beside `RECCo`, from before keys were kept."""
    row = keep(Organisation(name="Another"), by=cast.triage)
    Organisation._base_manager.filter(pk=row.pk).update(name="recco")
    migration.make_keys(apps, None)
    row.refresh_from_db()
    return row


def test_twins_of_before_are_migrated_and_listed(twin, capsys):
    migration.make_keys(apps, None)
    assert f"'recco' (id {twin.pk}) reads like another" in capsys.readouterr().out
    assert describe_twins() == [f"The organisation “recco” (id {twin.pk}) has a name that reads like that of another."]
    call_command("check", databases=["default"])
    assert "has a name that reads like that of another" in capsys.readouterr().err


def test_a_twin_can_be_edited_and_renamed(twin, cast):
    twin.full_name = "The other one"
    keep(twin, by=cast.triage)
    twin.name = "RECCo two"
    keep(twin, by=cast.triage)
    assert (twin.name_key, describe_twins()) == ("recco two", [])


def test_a_name_means_the_row_of_exactly_that_name_before_one_that_reads_the_same(twin):
    found = [Organisation.objects.get_called(name).name for name in ("RECCo", "recco", "RECCO")]
    assert found == ["RECCo", "recco", "RECCo"]


FILTERS = ["questions/?owner=", "questions/?waiting_on=", "actions/?owner=", "questions/?holder="]


@pytest.mark.parametrize("name", ["RECCo", "recco", "RECCO", "REC%E2%80%8BCo"])
@pytest.mark.parametrize("address", FILTERS)
def test_no_look_up_of_twins_fails(name, address, twin, api):
    assert api("feed").get(f"/api/v1/{address}{name}").status_code == 200


def test_a_write_finds_an_owner_however_the_name_is_written(api, raised):
    question, client = raised(), api("triage")
    address = f"/api/v1/questions/{question.reference}/"
    answer = client.patch(address, {"owner": "REC\u200bco"}, format="json", HTTP_IF_MATCH="*")
    assert answer.json()["owner"] == "RECCo"


@pytest.mark.parametrize("name", ["CCDG15", "ccdg 15", "CCDG-15", "\uff23CDG15"])
def test_a_meeting_is_found_however_its_name_is_written(name, api):
    assert len(api("feed").get("/api/v1/meetings/", {"name": name}).json()["results"]) == 1


def test_folding_a_name_twice_changes_nothing():
    for name in (chr(number) for number in range(0x20000) if not 0xD800 <= number < 0xE000):
        assert fold_name(fold_name(name)) == fold_name(name)
