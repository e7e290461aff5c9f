"""`gonghui demo`: a command that fails ends it. The whole of it: tests/stories/test_demo.py."""

import pytest

from tests.doors.cli.small_city import gonghui


@pytest.mark.parametrize(("error", "ending"), [(OSError(28, "full"), 3), (KeyboardInterrupt, 130)])
def test_it_ends_where_a_command_fails(tmp_path, monkeypatch, capsys, error, ending):
    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr("gonghui.twin.engine.make_jiaozuo", fail)
    assert gonghui("demo", home=tmp_path) == ending
    said = capsys.readouterr()
    assert said.out.count("$ gonghui") == 1
    assert said.err
    assert not (tmp_path / "demo" / "city").exists()
