"""One's own table: read right, or refused with the row, the column and what to do."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lossviz.datasets
from lossviz.datasets import DATASETS, read_csv, read_table
from lossviz.datasets.reading import Column

same = np.testing.assert_array_equal


def names(text):
    return [column.name for column in read_table(text).columns]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_line_ends_are_found_out(separator, end):
    text = end.join(["a,b,c", "1,2.5,x", "3,-4e2,y", ""]).replace(",", separator)
    data = read_csv(text, ["b"], "a", "regression")
    same(data.X[:, 0], [2.5, -400])
    same(data.y, [1, 3])
    assert (data.names, data.target, data.task) == (("b",), "a", "regression")
    assert data.source


@pytest.mark.parametrize(
    "text",
    [
        "x;y\n1,5;2,25\n-3,0;4\n",
        "x\ty\n1,5\t2,25\n-3,0\t4\n",
        "x,y\n1.5,2.25\n-3.0,4\n",
        'x,y\n"1.5","2.25"\n"-3.0","4"\n',
        "x; y\n1.5; 2.25\n-3; 4\n",
        '\ufeffx, "y"\n1.5, 2.25\n\n-3,4\n\n',
    ],
)
def test_decimal_commas_and_points(text):
    data = read_csv(text, ["x"], "y", "regression")
    same(data.X[:, 0], [1.5, -3])
    same(data.y, [2.25, 4])


def test_a_file_without_a_header_has_numbered_columns():
    assert names("1,5;2,5;a\n3,5;4,5;b\n") == ["column 1", "column 2", "column 3"]
    data = read_csv("1,2\n3,4\n5,7\n", ["column 1"], "column 2")
    same(data.X[:, 0], [1, 3, 5])
    same(data.y, [2, 4, 7])


def test_a_year_is_a_name_when_a_word_stands_over_numbers():
    assert names("size,2019\n1,2\n3,4\n") == ["size", "2019"]
    assert names("setosa,2019\nsetosa,2020\n") == ["column 1", "column 2"]


def test_nameless_and_repeated_columns_get_names_of_their_own():
    assert names("a,,a,a,a (3)\n1,2,3,4,5\n") == ["a", "column 2", "a (3)", "a (4)", "a (3) (5)"]
    assert names("a (3),a,a\n1,2,3\n") == ["a (3)", "a", "a (3) (3)"]


def test_quoted_separators_quotes_and_newlines_belong_to_the_cell():
    text = 'who,"size, cm"\n"a;b, c",1.5\n"say ""hi""\nthere",2.5\n'
    assert list(read_table(text).columns) == [
        Column("who", "label", 0, 2, "a;b, c", "2 labels"),
        Column("size, cm", "number", 0, 2, "1.5", "numbers"),
    ]
    data = read_csv(text, ["size, cm"], "who")
    assert (data.task, data.classes) == ("binary", ("a;b, c", 'say "hi"\nthere'))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_bytes_of_several_encodings(encoding):
    data = read_csv("größe;farbe\n1,5;grün\n2,5;blau\n".encode(encoding), ["größe"], "farbe")
    assert data.names == ("größe",)
    assert data.classes == ("blau", "grün")
    same(data.y, [1, 0])


def test_columns_say_what_is_in_them():
    text = "a,b,c,d\n1,,x,NA\n1,2.5,x,\n2,nan,,null\n"
    assert list(read_table(text).columns) == [
        Column("a", "number", 0, 2, "1", "numbers"),
        Column("b", "number", 2, 1, "2.5", "numbers"),
        Column("c", "label", 1, 1, "x", "1 label"),
        Column("d", "skipped", 3, 0, "", "nothing in it"),
    ]


@pytest.mark.parametrize(
    ("column", "task", "expected", "y", "classes"),
    [
        ("1 3 3 1", None, "binary", [0, 1, 1, 0], ("1", "3")),
        ("10 9 9 10", None, "binary", [1, 0, 0, 1], ("9", "10")),
        ("0.5 0 0 0.50", None, "binary", [1, 0, 0, 1], ("0", "0.5")),
        ("b a a b", None, "binary", [1, 0, 0, 1], ("a", "b")),
        ("b a c b", None, "multiclass", [1, 0, 2, 1], ("a", "b", "c")),
        ("1 2 3 1", None, "regression", [1, 2, 3, 1], ()),
        ("1 2 5 1", "multiclass", "multiclass", [0, 1, 2, 0], ("1", "2", "5")),
        ("1 2 2 1", "regression", "regression", [1, 2, 2, 1], ()),
        ("b 1 1 b", "multiclass", "multiclass", [1, 0, 0, 1], ("1", "b")),
    ],
)
def test_targets_become_what_they_are(column, task, expected, y, classes):
    cells = "\n".join(f"{i},{cell}" for i, cell in enumerate(column.split()))
    data = read_csv("x,target\n" + cells, ["x"], "target", task)
    assert (data.task, data.classes) == (expected, classes)
    same(data.y, y)


def test_standardising_is_said_in_the_units():
    data = read_csv("x,y\n1,1\n3,2\n5,4\n", ["x"], "y", standardise=True)
    assert data.units == ("sd",)
    np.testing.assert_allclose(data.X[:, 0], np.sqrt(1.5) * np.array([-1, 0, 1]))


TABLE = "a,b,c,d\n1,2,x,5\n2,,y,6\n3,4,z,1 000\n4,?,z,7\n"


@pytest.mark.parametrize(
    ("text", "features", "target", "task", "words"),
    [
        ("", ["a"], "b", None, "empty"),
        (b"", ["a"], "b", None, "empty"),
        (" \n\n ", ["a"], "b", None, "empty"),
        ('""', ["a"], "b", None, "empty"),
        ('a,b\n1,"2"3\n', ["a"], "b", None, "beyond row 1: .* quotation mark"),
        (",,,\n,,,\n", ["a"], "b", None, "empty"),
        ("a,b\n", ["a"], "b", None, "no rows of data"),
        ("a,b\n1,2,3\n", ["a"], "b", None, "Row 2 of the file has 3 cells.* have 2.* commas"),
        ("a,b\n\n1,2\n3\n", ["a"], "b", None, "Row 4 of the file has 1 cells"),
        ('a,b\n1,"2\n3,4\n5,6\n', ["a"], "b", None, "beyond row 1: .* quotation mark"),
        ("a;b\n1;2\n3;4;5\n6;7\n", ["a"], "b", None, "Row 3 .* semicolons"),
        (TABLE, ["a"], "e", None, "no column 'e'. The file has 'a', 'b', 'c', 'd'"),
        (TABLE, ["A"], "a", None, "no column 'A'"),
        (TABLE, [], "a", None, "at least one column"),
        (TABLE, ["a", "a"], "d", None, "used once"),
        (TABLE, ["a"], "a", None, "used once"),
        (TABLE, ["b"], "a", None, r"Row 3 of the file \(and 1 more\) has no value in column 'b'"),
        (TABLE, ["a"], "b", None, "no value in column 'b'"),
        (TABLE, ["c"], "a", None, "Row 2 of the file holds 'x' in column 'c'.* like 1234.5"),
        (TABLE, ["a"], "c", "regression", "holds 'x' in column 'c'"),
        (TABLE, ["a"], "c", "binary", "needs two different labels; column 'c' has 3"),
        (TABLE, ["a"], "c", "ranking", "regression, binary, multiclass; got 'ranking'"),
        ("a,b\n1,x\n2,x\n", ["a"], "b", None, "2 to 50 labels; column 'b' has 1: 'x'"),
        ("a,b\n1,nan\n", ["a"], "b", None, "no value in column 'b'"),
        ("a,b\n1,inf\n2,3\n", ["a"], "b", "regression", "holds 'inf'"),
        ("a,b\n1e999,2\n", ["a"], "b", None, "holds '1e999' in column 'a'; numbers up to 1e\\+100"),
        ("a,b\n1,1e101\n", ["a"], "b", None, "1e101"),
        ("a;b\n1,5;2.5\n", ["a"], "b", None, "holds '1,5' in column 'a'"),
        ('a,b\n"1,234",2\n', ["a"], "b", None, "holds '1,234' in column 'a'"),
        ("a,b\n1_0,2\n", ["a"], "b", None, "holds '1_0'"),
        ("a,b\n1,2\0\n", ["a"], "b", None, "not a text file"),
        (b"PK\x03\x04\x00\x00", ["a"], "b", None, "not a text file"),
        ("a,b\n" + "1,2\n" * 200_001, ["a"], "b", None, "more than 200,000 rows"),
        (",".join(["1"] * 201), ["a"], "b", None, "201 columns"),
        (b"1" * 5_000_001, ["a"], "b", None, "5.0 MB"),
        ("ä" * 2_500_001, ["a"], "b", None, "5.0 MB"),
        ('"' + "x" * 200_000, ["a"], "b", None, "beyond row 0: .* quotation mark"),
        ("a,b\n1," + "x" * 10_000, ["b"], "a", None, "holds 'x{40}…'"),
        (
            "a,b\n" + "\n".join(f"{i},t{i}" for i in range(51)),
            ["a"],
            "b",
            None,
            "2 to 50 labels; column 'b' has 51: 't0', 't1', 't10', 't11', 't12', …",
        ),
    ],
)
def test_every_refusal_is_a_sentence_that_says_where(text, features, target, task, words):
    with pytest.raises(ValueError, match=words) as caught:
        read_csv(text, features, target, task)
    message = str(caught.value)
    assert message[0].isupper()
    assert message.endswith(".")
    assert len(message) < 1000


def test_one_row_is_a_table():
    assert len(read_csv("a,b\n1,2\n", ["a"], "b")) == 1


def test_a_large_table_is_read_whole():
    data = read_csv("a,b\n" + "1,2\n" * 199_999 + "3,4\n", ["a"], "b", "regression")
    assert (len(data), data.X[-1, 0], data.y[-1]) == (200_000, 3, 4)


numbers = st.floats(-1e100, 1e100)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8), st.sampled_from(",;\t"))
@settings(max_examples=80)
def test_numbers_written_by_the_csv_module_come_back_to_the_last_digit(pairs, separator):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([("first", "second"), *pairs])
    data = read_csv(out.getvalue(), ["first"], "second", "regression")
    same(np.column_stack([data.X, data.y]), pairs)
    if separator != ",":
        comma = read_csv(out.getvalue().replace(".", ","), ["first"], "second", "regression")
        same(comma.X, data.X)


@given(st.text(max_size=60) | st.binary(max_size=60))
@settings(max_examples=200)
def test_any_text_is_read_or_refused_and_nothing_else(text):
    with suppress(ValueError):
        found = read_table(text).columns
        data = read_csv(text, [found[0].name], found[-1].name)
        assert np.isfinite(data.X).all()


def test_noise_is_refused_or_read_as_text():
    rng = np.random.default_rng(0)
    for _ in range(20):
        with pytest.raises(ValueError):
            read_csv(rng.bytes(2000), ["a"], "b")


def test_the_packaged_tables_read_as_uploads_too():
    file = Path(lossviz.datasets.__file__).parent / "tables" / "engel.csv"
    data = read_csv(file.read_bytes(), ["income"], "food expenditure", standardise=True)
    expected = DATASETS["engel"]().draw()
    same(data.X, expected.X)
    same(data.y, expected.y)
