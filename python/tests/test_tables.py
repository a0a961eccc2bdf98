"""pandas, polars, pyarrow and DuckDB read the table of results, without a copy."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import detente


@pytest.fixture(scope="module")
def table() -> detente.Table:
    return detente.run("truce-2025", weeks=False, strategy=False).results


COLUMNS = [
    *("run", "scenario", "reading", "date", "week", "region", "partner", "sector"),
    *("variable", "unit", "value", "low", "high"),
]


def mean_of_china(values: list[float]) -> float:
    return float(np.mean(values))


def test_all_four_read_the_same(table: detente.Table) -> None:
    assert table.column_names == COLUMNS and len(table) > 10_000
    china = [
        value
        for variable, region, value in zip(table["variable"], table["region"], table["value"], strict=True)
        if variable == "welfare_exact" and region == "CHN"
    ]
    expected = mean_of_china(china)

    frame = table.to_pandas()
    assert isinstance(frame, pd.DataFrame) and list(frame.columns) == COLUMNS
    chosen = frame[(frame.variable == "welfare_exact") & (frame.region == "CHN")]
    assert chosen.value.mean() == pytest.approx(expected, rel=1e-12)

    polar = table.to_polars()
    assert isinstance(polar, pl.DataFrame) and polar.columns == COLUMNS
    chosen_polar = polar.filter(pl.col("variable") == "welfare_exact", pl.col("region") == "CHN")
    assert chosen_polar["value"].mean() == pytest.approx(expected, rel=1e-12)

    arrow = pa.table(table)
    assert arrow.num_rows == len(table) == frame.shape[0] == polar.height

    with duckdb.connect() as connection:
        connection.register("results", arrow)
        question = "select avg(value) from results where variable = 'welfare_exact' and region = 'CHN'"
        [(found,)] = connection.execute(question).fetchall()
    assert found == pytest.approx(expected, rel=1e-12)


def test_duckdb_reads_the_table_itself(table: detente.Table) -> None:
    assert duckdb.from_arrow(table).count("*").fetchall() == [(len(table),)]


def test_columns_are_not_copied(table: detente.Table) -> None:
    place = COLUMNS.index("value")
    addresses = set()
    for _ in range(2):
        chunk = pa.table(table).column(place).chunk(0)
        addresses.add(chunk.buffers()[1].address + 8 * chunk.offset)
    column = table["value"]
    addresses.add(column.__array_interface__["data"][0])
    assert len(addresses) == 1 and not column.flags.writeable


def test_what_is_missing_stays_missing(table: detente.Table) -> None:
    low = table["low"]
    assert isinstance(low, np.ndarray) and np.isnan(low).any() and not np.isnan(low).all()
    assert pa.table(table)["low"].null_count == np.isnan(low).sum()


def test_columns_choose_rows_of_each_other(table: detente.Table) -> None:
    rows = (table["region"] == "CHN") & (table["variable"] == "welfare_exact")
    assert rows.dtype == bool and 0 < rows.sum() < 20
    assert (table["value"][rows] <= 0).all()
    assert "region" in table and "regions" not in table and list(table) == COLUMNS


def test_a_wrong_column_is_named(table: detente.Table) -> None:
    with pytest.raises(KeyError, match="there is no column `values`; there are run, scenario"):
        table["values"]


def test_a_notebook_shows_the_first_rows(table: detente.Table) -> None:
    shown = table._repr_html_()
    assert shown.count("<tr>") == 11 and "rows more" in shown
    assert repr(table).startswith("<detente.Table of ")
