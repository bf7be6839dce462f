"""The command: a list is recognised, shown, written with --yes, accounted for, and undone."""

from tests.command import Home


def test_a_list_by_the_command(tmp_path):
    home = Home(tmp_path / "home")
    file = tmp_path / "kunden.csv"
    text = "Kunde;Segment;Jahreswert;Währung;Beginn\nAcme;Groß;1.200,50;EUR;01.02.2026\nBo;Klein;x;EUR;\n"
    file.write_text(text, encoding="utf-8")
    shown = home.run("import", file)
    assert shown.code == 1
    assert "Nothing is written yet; --yes writes it." in shown.err
    done = home.run("import", file, "--yes", "--json").json
    assert (done["new"], done["changed"], done["same"], done["setAsideRows"], done["rowsRead"]) == (1, 0, 0, 1, 2)
    again = home.run("import", file, "--yes", "--json").json
    assert (again["new"], again["same"]) == (0, 1)
    undone = home.run("undo", str(done["importId"]), "--json").json
    assert undone["undone"] == {
        "restored": 0,
        "removed": 2,
        "removedOf": {"customer": 1, "contract": 1},
        "stayed": 0,
        "stays": [],
    }


def test_yes_answers_no_question_of_a_list(tmp_path):
    home = Home(tmp_path / "home")
    file = tmp_path / "list.csv"
    file.write_text("Customer,Segment,ARR\nAcme,Large,100\n", encoding="utf-8")
    refused = home.run("import", file, "--yes")
    assert refused.code == 1
    words = " ".join(refused.err.split())
    assert "In which currency are the amounts?" in words
    assert "Answer with --map currency==CODE --map starts_on==YYYY-MM-DD" in words
