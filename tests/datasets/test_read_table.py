"""The dialects tables are written in: read as they are meant, asked about, never guessed."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from lossviz.datasets import read_csv, read_table

same = np.testing.assert_allclose
NBSP, MINUS = "\u00a0", "\u2212"

# text, x, y: read in one way only, by the long form and by the short one
READ = {
    "tabs": ("x\ty\n1\t2\n3\t4.5\n", [1, 3], [2, 4.5]),
    "pipes": ("x|y\n1|2\n3|4.5\n", [1, 3], [2, 4.5]),
    "a table in Markdown": ("| x | y |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n", [1, 3], [2, 4]),
    "as psql prints": (" x | y \n---+---\n 1 | 2\n 3 | 4\n(2 rows)\n", [1, 3], [2, 4]),
    "spaces in columns": ("  x      y\n  1.0   2.0\n 10.5   4.0\n", [1, 10.5], [2, 4]),
    "sep": ("sep=;\nx;y\n1,5;2\n3;4\n", [1.5, 3], [2, 4]),
    "sep, the less likely": ('"sep=,"\nx,y\n1.5,2\n3,4\n', [1.5, 3], [2, 4]),
    "quoted decimal commas": ('x,y\n"1,5",2\n"2,75",3\n', [1.5, 2.75], [2, 3]),
    "decimal comma and power": ("x;y\n1,5E+03;2\n2,5e-3;3\n", [1500, 0.0025], [2, 3]),
    "points for thousands beside commas": ("x;y\n950;1,5\n1.200;2,5\n", [950, 1200], [1.5, 2.5]),
    "points for millions": ("x;y\n1.234.567;1\n2.000;2\n", [1234567, 2000], [1, 2]),
    "points for millions beside thousands": ("x;y\n1.200.000;3\n12.500;4\n900;5\n",
                                             [1200000, 12500, 900], [3, 4, 5]),
    "digits of other scripts": ("x;y\n١٢٫٥;2\n３;4\n", [12.5, 3], [2, 4]),
    "times": ("x,y\n00:30:00,2\n12:00:36,4\n", [0.5, 12.01], [2, 4]),
    "three decimals": ("x,y\n1.234,2.345\n3.456,4.567\n", [1.234, 3.456], [2.345, 4.567]),
    "commas for thousands beside points": ('x,y\n"1,200",1.5\n"3,400",2\n', [1200, 3400], [1.5, 2]),
    "both marks": ("x;y\n1.200,50;1\n15,00;2\n", [1200.5, 15], [1, 2]),
    "spaces for thousands": (f"x;y\n1 200;1\n15{NBSP}300;2\n", [1200, 15300], [1, 2]),
    "Swiss": ("x;y\n1'200;1\n15’300.5;2\n", [1200, 15300.5], [1, 2]),
    "Indian": ('x,y\n"12,34,567",1\n"1,00,000",2\n', [1234567, 100000], [1, 2]),
    "percent": ("x,y\n12%,1\n15 %,2\n", [12, 15], [1, 2]),
    "dollars": ('x,y\n"$1,200.50",1\n$15,2\n-$3,4\n', [1200.5, 15, -3], [1, 2, 4]),
    "euros behind": ("x;y\n1.200,50 €;1\n15,00 €;2\n", [1200.5, 15], [1, 2]),
    "kilograms throughout": ("x,y\n2 kg,1\n12kg,2\n", [2, 12], [1, 2]),
    "typographic minus": (f"x,y\n{MINUS}1.5,1\n{MINUS}2,2\n", [-1.5, -2], [1, 2]),
    "bookkeepers' minus": ("x,y\n(5),1\n7,2\n(1.5),3\n", [-5, 7, -1.5], [1, 2, 3]),
    "minus behind": ("x,y\n5-,1\n7,2\n", [-5, 7], [1, 2]),
    "Fortran": ("x,y\n1.0D+00,1\n2.5d-01,2\n1.0-100,3\n", [1, 0.25, 1e-100], [1, 2, 3]),
    "years as names": ("c,x,2019\nFrance,1.5,2\nSpain,3,4\nItaly,5,6.5\n".replace("2019", "y"),
                       [1.5, 3, 5], [2, 4, 6.5]),
    "units": ("x,y\ns,m/s\n0,1\n1,3.5\n", [0, 1], [1, 3.5]),
    "one column's unit": ("n,x,y\n,[m],\na,1,5\nb,3.5,6\n", [1, 3.5], [5, 6]),
    "title": ("My data 2020\nexported by X\n\nx,y\n1,2\n3,4\n", [1, 3], [2, 4]),
    "title of a spreadsheet": ("My data,,\n,,\nx,y,z\n1,2,3\n3,4,5\n", [1, 3], [2, 4]),
    "facts above": ("Station;Berlin\nLat;52,5\n\nx;y;z\n1;1,5;30\n2;2;31\n", [1, 2], [1.5, 2]),
    "remarks": ("# by me\nx,y\n1,2\n# a pause\n3,4\n", [1, 3], [2, 4]),
    "names in a remark": ("# by me\n# x y\n1 2\n3 4\n", [1, 3], [2, 4]),
    "source below": ("x,y\n1,2\n3,4\nSource: OECD\n", [1, 3], [2, 4]),
    "separators at the end": ("x,y,\n1,2,\n3,4,\n", [1, 3], [2, 4]),
    "... of the data only": ("x,y\n1,2,\n3,4,\n", [1, 3], [2, 4]),
    "names again": ("x,y\n1,2\nx,y\n3,4\n5,6\n7,7\n", [1, 3, 5, 7], [2, 4, 6, 7]),
    "R": ('"x" "y"\n"Mazda RX4" 21 6\n"Datsun" 22.8 4\n', [21, 22.8], [6, 4]),
    "R, numbered": ('"x","y"\n"1",21,6\n"2",22.8,4\n', [21, 22.8], [6, 4]),
    "R, with commas": ('"","x","y"\n"Mazda RX4",21,6\n"Datsun",22.8,4\n', [21, 22.8], [6, 4]),
    "R, printed": ("     x y\n1 21.0 6\n2 22.8 4\n3 30.0 4\n", [21, 22.8, 30], [6, 4, 4]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "x", "y"), READ.values(), ids=READ.keys())
def test_what_can_be_read_in_one_way_is_read(text, x, y):
    table = read_table(text)
    assert not table.questions
    for data in (
        table.data(["x"], "y", "regression"),
        read_csv(text, ["x"], "y", "regression"),
        table.data(("x",), "y", "regression", True),
    ):
        assert len(data) == len(x)
        same(data.y, y, rtol=1e-15)
        expected = (np.array(x) - np.mean(x)) / np.std(x) if data.units == ("sd",) else x
        same(data.X[:, 0], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", ["x;y\n13.01.20;2\n01.02.20;4\n", "x,y\n01/13/20,2\n02/01/20,4\n"])
def test_years_of_two_digits_are_dates(text):
    table = read_table(text)
    assert not table.questions
    data = table.data(["x"], "y", "regression")
    same(data.X[:, 0], [0, 19])
    same(data.y, [2, 4])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_keeps_its_letters(encoding):
    text = "größe in m;preis\n1,5;2\n3;4\n2;5\n"
    table = read_table(text.encode(encoding))
    assert table.names == ("größe in m", "preis")
    same(table.data([table.names[0]], "preis").X[:, 0], [1.5, 3, 2])
    assert read_table("preis €,y\n1,2\n".encode("cp1252")).names[0] == "preis €"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["скорость", "速度", "x😀"])
def test_utf_16_without_a_mark_is_told_by_its_line_ends(encoding, name):
    table = read_table(f"{name}\tz\n1\t2\n3\t4\n".encode(encoding))
    assert table.names == (name, "z")
    with pytest.raises(ValueError, match="not a text file"):
        read_table(np.arange(1000, dtype="<i2").tobytes())


def test_years_name_columns():
    table = read_table("country,2019,2020\nFrance,1.5,2\nSpain,3,4\nItaly,5,6.5\n")
    assert table.names == ("country", "2019", "2020")
    same(table.data(["2019"], "2020").y, [2, 4, 6.5])
    table = read_table("2018,2019,2020\n1.5,2,7\n3,4,8\n5,5,5\n")
    (question,) = table.questions
    with pytest.raises(ValueError, match="names of columns, such as years"):
        table.data(["2018"], "2020")
    assert len(table.data(["2018"], "2020", answers={question.id: "names"})) == 3
    assert len(table.data(["column 1"], "column 3", answers={question.id: "data"})) == 4


# text, the question's id, what is read for each choice as (x, y) or words of a refusal
ASKED = {
    "thousands with tabs": ("x\ty\n1,200\t5\n3,400\t6\n", "x: comma",
        {"thousands": ([1200, 3400], [5, 6]), "decimal": ([1.2, 3.4], [5, 6])}),
    "thousands with semicolons": ("x;y\n1,200;5\n950;6\n", "x: comma",
        {"thousands": ([1200, 950], [5, 6]), "decimal": ([1.2, 950], [5, 6])}),
    "points in a column of thousands": ("x,y\n950,5\n1.200,6\n2.300,7\n", "x: point",
        {"thousands": ([950, 1200, 2300], [5, 6, 7]), "decimal": ([950, 1.2, 2.3], [5, 6, 7])}),
    "two columns of one name": ("x,x,y\n1,2,3\n4,5,7\n", "x: which column",
        {"column 1": ([1, 4], [3, 7]), "column 2": ([2, 5], [3, 7])}),
    "a total": ("n,x,y\nA,1,10\nB,2,20\nTotal,3,30\n", "totals",
        {"leave out": ([1, 2], [10, 20]), "keep": ([1, 2, 3], [10, 20, 30])}),
    "a total without a name": ("n,x,y\nA,1,10\nB,2,20\nC,4,40\n,7,70\n", "totals",
        {"leave out": ([1, 2, 4], [10, 20, 40]), "keep": ([1, 2, 4, 7], [10, 20, 40, 70])}),
    "one cell with a unit": ("x,y\n1,2\n2,12 kg\n3,4\n", "y: cells",
        {"missing": ([1, 3], [2, 4]), "number": ([1, 2, 3], [2, 12, 4]),
         "labels": "not a number"}),
    "below the limit": ("x,y\n1,2\n2,<0.1\n3,4\n", "y: cells",
        {"missing": ([1, 3], [2, 4]), "limit": ([1, 2, 3], [2, 0.1, 4]),
         "half": ([1, 2, 3], [2, 0.05, 4]), "labels": "not a number"}),
    "infinity": ("x,y\n1,2\n2,inf\n3,4\n", "y: cells",
        {"missing": ([1, 3], [2, 4]), "labels": "not a number"}),
    "a formula": ("x,y\n1,2\n2,=A1+B1\n3,4\n", "y: cells",
        {"missing": ([1, 3], [2, 4]), "labels": "not a number"}),
    "a word": ("x,y\n1,2\nbroken,3\n3,4\n", "x: cells",
        {"missing": ([1, 3], [2, 4])}),
    "two decimal marks": ("x;y\n1,5;2\n2.5;3\n4,5;3\n", "x: cells",
        {"decimal": ([1.5, 2.5, 4.5], [2, 3, 3])}),
    "-999": ("x,y\n1,2\n2,-999\n3,4\n", "y: -999",
        {"missing": ([1, 3], [2, 4]), "number": ([1, 2, 3], [2, -999, 4])}),
    "slashes": ("x,y\n01/02/2020,1\n03/02/2020,2\n", "x: date",
        {"day first": ([0, 2], [1, 2]), "month first": ([0, 60], [1, 2])}),
    "times without seconds": ("x,y\n01:30,1\n02:00,2\n", "x: time",
        {"hours": ([1.5, 2], [1, 2]), "minutes": ([1.5, 2], [1, 2])}),
    "eight digits": ("x,y\n20200131,1\n20200202,2\n", "x: dates",
        {"dates": ([0, 2], [1, 2]), "numbers": ([20200131, 20200202], [1, 2])}),
    "more digits than a number keeps": ("x,y\n12345678901234567891,1\n12345678901234567890,2\n",
        "x: digits", {"number": ([12345678901234567168] * 2, [1, 2])}),
    "a word under a name": ("n,x,y\na,1,1\n,odd,\nb,2,2\n".replace("a,1,1\n,odd,", ",odd,\na,1,1"),
        "units row", {"units": ([1, 2], [1, 2])}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "id", "readings"), ASKED.values(), ids=ASKED.keys())
def test_what_can_be_read_in_two_ways_is_asked(text, id, readings):
    table = read_table(text)
    question = next(each for each in table.questions if each.id == id)
    assert set(readings) <= set(question.choices)
    assert len(question.choices) == len(question.meanings) > 1
    for refused in (lambda: table.data(["x"], "y"), lambda: read_csv(text, ["x"], "y")):
        with pytest.raises(ValueError) as caught:
            refused()
        assert str(caught.value)[0].isupper()
    for choice, wanted in readings.items():
        for key in (question.id, question):
            if isinstance(wanted, str):
                with pytest.raises(ValueError, match=wanted):
                    table.data(["x"], "y", "regression", answers={key: choice})
                continue
            data = table.data(["x"], "y", "regression", answers={key: choice})
            same(data.X[:, 0], wanted[0], rtol=1e-15)
            same(data.y, wanted[1], rtol=1e-15)


def test_one_other_cell_is_one():
    (question,) = read_table("x,y\n1,2\na,3\nb,4\n5,6\n7,8\n").questions
    assert "it and 1 other cell are no number" in question.text
    assert read_table("x\n1\n2\n").notes == ("One column was found.",)


def test_the_short_form_names_the_cell_in_doubt():
    with pytest.raises(ValueError, match="Row 3 of the file holds '12 kg' in column 'y'"):
        read_csv("x,y\n1,2\n2,12 kg\n3,4\n", ["x"], "y")
    with pytest.raises(ValueError, match="Row 3 of the file has no value in column 'y'"):
        read_csv("x,y\n1,2\n2,#N/A\n3,4\n", ["x"], "y")
    with pytest.raises(ValueError, match="Row 2 of the file holds the date '2020-01-01'"):
        read_csv("x,y\n2020-01-01,2\n2020-01-02,4\n", ["x"], "y")


def test_a_question_about_another_column_stops_nobody():
    table = read_table("x,y,z\n1,2,5\n2,3,12 kg\n3,5,6\n")
    assert len(table.data(["x"], "y")) == 3
    with pytest.raises(ValueError, match="'z: cells'"):
        table.data(["x", "z"], "y")


@pytest.mark.parametrize(
    "word", ["#N/A", "#DIV/0!", ".", "n.a.", "NA", "?", "", "NaN", "null", "-"]
)
def test_cells_without_a_value_leave_their_rows_out_and_say_so(word):
    table = read_table(f"x,y\n1,2\n2,{word}\n3,4\n5,7\n")
    assert [c.missing for c in table.columns] == [0, 1]
    data = table.data(["x"], "y")
    assert (data.task, len(data)) == ("regression", 3)
    assert "1 of 4 rows" in data.source
    assert "'y'" in data.source


def test_auto_mpg_as_it_is_published():
    rows = [
        (18, 8, 307, "130.0", 3504, 12, 70, 1, "chevrolet chevelle malibu"),
        (25, 4, 98, "?", 2046, 19, 71, 1, "ford pinto"),
        (24, 4, 113, "95.00", 2372, 15, 70, 3, "toyota corona mark ii"),
        (26, 4, 97, "46.00", 1835, 20.5, 70, 2, "vw 1131 deluxe sedan"),
    ]
    text = "".join("   ".join(f"{cell}" for cell in row[:8]) + f'\t"{row[8]}"\n' for row in rows)
    table = read_table(text)
    assert len(table.columns) == 9
    assert [c.missing for c in table.columns] == [0, 0, 0, 1, 0, 0, 0, 0, 0]
    data = table.data(["column 4"], "column 1")
    ours = np.linalg.lstsq(np.c_[np.ones(3), data.X], data.y, rcond=None)[0]
    theirs = LinearRegression().fit([[130], [95], [46]], [18, 24, 26])
    same(ours, [theirs.intercept_, *theirs.coef_], rtol=1e-9)


def test_dates_are_days():
    for first, second, third in (
        ("2020-01-01", "2020-01-03 12:00", "2020-02-01"),
        ("01.01.2020", "03.01.2020 12:00", "01.02.2020"),
        ("1 Jan 2020", "3 Jan 2020 12:00", "1 Feb 2020"),
        ("1/1/2020", "1/3/2020 12:00", "1/32/2020"),
    ):
        third = "2/1/2020" if "32" in third else third
        table = read_table(f"d;y\n{first};1\n{second};2\n{third};4\n12/31/2020;4\n" if "/" in first
                           else f"d;y\n{first};1\n{second};2\n{third};4\n")  # fmt: skip
        assert table.columns[0].kind == "date"
        same(table.data(["d"], "y").X[:3, 0], [0, 2.5, 31])
        assert table.data(["d"], "y").units == ("days since 2020-01-01",)


@pytest.mark.parametrize("form", ["{year}Q{q}", "{year}-Q{q}", "Q{q} {year}"])
def test_quarters_are_dates(form):
    quarters = [form.format(year=year, q=q) for year, q in ((2020, 1), (2020, 2), (2021, 4))]
    table = read_table("x,y\n" + "".join(f"{each},{i}\n" for i, each in enumerate(quarters)))
    assert not table.questions
    same(table.data(["x"], "y").X[:, 0], [0, 91, 639])  # 2020-01-01, -04-01 and 2021-10-01


@pytest.mark.parametrize("start", [0, 1])
def test_an_index_beside_the_rows_is_named_as_one(start):
    text = ",a,b\n" + "".join(f"{start + i},{value}\n" for i, value in enumerate(("5,2", "4,4")))
    assert read_table(text).names == ("row number", "a", "b")
    assert read_table(text.replace("4,4", "4,4\n9,8,7")).names[0] == "column 1"


def test_labels_become_columns_of_0_and_1():
    table = read_table("c,y\nred,1\nblue,2\nred,3.5\ngreen,1\n")
    data = table.data(["c"], "y")
    assert data.names == ("c = blue", "c = green", "c = red")
    same(data.X, [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]])
    many = read_table("c,y\n" + "".join(f"t{i},{i}\n" for i in range(11)))
    with pytest.raises(ValueError, match="11 different texts; at most 10"):
        many.data(["c"], "y")


@pytest.mark.parametrize(
    "words", ["Yes yes No no", "TRUE true FALSE False", "a-b ab c_d cd", "É e x X", "y yes n no"]
)
def test_labels_that_differ_in_spelling_only_are_asked_about(words):
    text = "x,c\n" + "".join(f"{i},{word}\n" for i, word in enumerate(words.split()))
    table = read_table(text)
    (question,) = table.questions
    with pytest.raises(ValueError, match="same"):
        table.data(["x"], "c")
    one = table.data(["x"], "c", answers={question.id: "same"})
    assert (one.task, len(one.classes)) == ("binary", 2)
    assert len(table.data(["x"], "c", answers={"c": "different"}).classes) == 4


def test_a_word_spelt_wrong_once_is_asked_about():
    rows = ["setosa"] * 6 + ["setossa", "virginica"]
    table = read_table("x,c\n" + "".join(f"{i},{word}\n" for i, word in enumerate(rows)))
    assert [q.id for q in table.questions] == ["c: spelling"]


def test_a_bad_cell_makes_no_class():
    text = "x,y\n" + "".join(f"{i},{i / 3:.3g}\n" for i in range(30)) + "30,oops\n"
    table = read_table(text)
    with pytest.raises(ValueError, match="'oops'"):
        table.data(["x"], "y")
    with pytest.raises(ValueError, match="'oops'"):
        table.data(["x"], "y", "multiclass")
    assert table.data(["x"], "y", answers={"y: cells": "missing"}).task == "regression"


def test_answers_must_be_choices_of_questions():
    table = read_table("x;y\n1,200;5\n950;6\n")
    with pytest.raises(ValueError, match="answered by 'thousands', 'decimal'; got 'maybe'"):
        table.data(["x"], "y", answers={"x: comma": "maybe"})
    with pytest.raises(ValueError, match="asks no question 'z'"):
        table.data(["x"], "y", answers={"z": "thousands"})


def test_columns_say_how_they_were_read():
    table = read_table("d;n;w;c;id\n2020-01-01;1,5;2 kg;a;é1\n2020-01-02;;3 kg;b;\n")
    kinds = {c.name: (c.kind, c.missing, c.distinct, c.example) for c in table.columns}
    assert kinds["d"] == ("date", 0, 2, "2020-01-01")
    assert kinds["n"] == ("number", 1, 1, "1,5")
    assert kinds["w"][0] == "number"
    assert "kg" in table.columns[2].says
    assert kinds["c"] == ("label", 0, 2, "a")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"PK\x03\x04\x14\x00", "spreadsheet or an archive"),
        (b"%PDF-1.4", "PDF"),
        (b"\x1f\x8b\x08", "packed"),
        ("<table><tr><td>1", "web page"),
        ('[{"x": 1, "y": 2}]', "JSON"),
        ("x,y\n1,5,2,5\n3,5,4,5\n", "decimal comma"),
        ("x,y\nNA,1\n2,NA\n", "lacks a value"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_a_sentence(text, words):
    with pytest.raises(ValueError, match=words):
        read_table(text).data(["x"], "y")


def test_nothing_is_collected_while_a_long_table_is_read():
    # every search for garbage goes through all rows read so far: it took half of the time
    seen = []

    def note(phase, info):
        seen.append(info["generation"])

    gc.callbacks.append(note)
    try:
        read_table("x,y\n" + "1.5,2\n" * 20_000)
    finally:
        gc.callbacks.remove(note)
    assert len(seen) < 5, seen
    with pytest.raises(ValueError, match="cells"):
        read_table("x,y\n1,2\n1,2,3\n")
    assert gc.isenabled()
