"""A change of trade costs beside gegravity: one sector, structural gravity.

Flows are those that gegravity itself models from its gravity equation, so both
programs start from the same base year; trade balances, so that what happens to
deficits plays no part. R01 and R02 then trade at costs a quarter higher.

Region i of N has a size by a formula, and lies on a spiral of radius 1:

    Y[i] = E[i] = 1000 (1 + 7 i mod 11)^1.5
    at (i) = √((i + 1)/N) · (cos 2.4 i, sin 2.4 i)
    t[i,j]^(1−σ) = e⁻² / (0.2 + distance),  t[i,i] = 1

Whose answer clears the markets is checked by neither program, but here, from
the prices that each gives:

    π[n,i] ∝ π₀[n,i] (κ[n,i] p[i])^(1−σ),   Σ_n π[n,i] p[n] Y[n] = p[i] Y[i]
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout

import numpy as np
import pandas as pd

with redirect_stdout(io.StringIO()):
    import gegravity

from comparison import Comparison, Row
from timing import repeat

import detente

SIGMA = 5.0
RISE = 0.25
TOLERANCE = 1e-10
HIT = ("R01", "R02")

MEASURE = """
[[measure]]
id     = "{by}-{on}"
kind   = "port-fee"
by     = "{by}"
on     = "{on}"
from   = 2023-01-01
cost   = "{cost:.0%}"
source = "made up"
"""
LEDGER = 'ledger = { title = "Dearer trade between two regions" }\n' + "".join(
    MEASURE.format(by=by, on=on, cost=RISE) for by, on in (HIT, HIT[::-1])
)


def made_up(regions: int) -> pd.DataFrame:
    """Trade costs, output and expenditure of the formula above, a row a pair."""
    at = np.arange(regions)
    size = 1000.0 * (1 + 7 * at % 11) ** 1.5
    radius = np.sqrt((at + 1) / regions)
    x, y = radius * np.cos(2.4 * at), radius * np.sin(2.4 * at)
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    names = np.array([f"R{k:02}" for k in at])
    exporter, importer = (side.ravel() for side in np.meshgrid(at, at, indexing="ij"))
    abroad = exporter != importer
    return pd.DataFrame(
        {
            "exporter": names[exporter],
            "importer": names[importer],
            "year": "2020",
            "trade": 1.0,  # asked for, and not used: flows are the modelled ones
            "Y": size[exporter],
            "E": size[importer],
            "near": np.where(abroad, np.log(0.2 + distance[exporter, importer]), 0.0),
            "abroad": abroad.astype(float),
            "dearer": 0.0,
        }
    )


def unsold(prices: np.ndarray, base: np.ndarray, barrier: np.ndarray, output: np.ndarray) -> float:
    """Largest gap between what a region sells and what it makes, a share of the latter.

    Arrays: prices and output `[region]`, base trade and barrier `[importer, exporter]`.
    """
    share = base / base.sum(axis=1, keepdims=True) * (barrier * prices) ** (1.0 - SIGMA)
    share /= share.sum(axis=1, keepdims=True)
    value = prices * output
    return float(np.abs(value @ share / value - 1.0).max())


def repeated(
    data: pd.DataFrame, columns: list[str], betas: pd.DataFrame, names: list[str], prices: np.ndarray
) -> np.ndarray:
    """Prices once gegravity's resistances are taken at the shares that these prices give.

    Its price equation, with the output shares `y` and outward resistances `Π` of
    the base year and of the case:

        p^(1−σ) = y′ Π′^(σ−1) / (y Π^(σ−1))
    """

    def shares_times_resistance(outputs: np.ndarray, costs: pd.DataFrame) -> np.ndarray:
        by_name = pd.Series(outputs, index=names)
        costs = costs.assign(Y=costs["exporter"].map(by_name), E=costs["importer"].map(by_name))
        model = gravity(costs, columns, betas, names[0])
        resistance = model.baseline_mr.loc[names, "baseline omr"].to_numpy()
        return outputs / outputs.sum() * resistance ** (SIGMA - 1.0)

    base = data.drop_duplicates("exporter").set_index("exporter")["Y"].loc[names].to_numpy()
    before = shares_times_resistance(base, data)
    case = data.assign(dearer=hit(data))
    for _ in range(60):
        last = prices
        prices = (shares_times_resistance(prices * base, case) / before) ** (1.0 / (1.0 - SIGMA))
        if np.abs(prices / last - 1.0).max() < 1e-11:
            break
    return prices


def hit(data: pd.DataFrame) -> pd.Series:
    """1 where trade becomes dearer, else 0."""
    between = data["exporter"].isin(HIT) & data["importer"].isin(HIT)
    return (between & (data["abroad"] == 1.0)).astype(float)


def gravity(data: pd.DataFrame, columns: list[str], betas: pd.DataFrame, reference: str) -> gegravity.OneSectorGE:
    """gegravity's model with its base year solved."""
    baseline = gegravity.BaselineData(data.copy(), trade_var_name="trade", expend_var_name="E", output_var_name="Y")
    model = gegravity.OneSectorGE(
        baseline,
        year="2020",
        reference_importer=reference,
        sigma=SIGMA,
        cost_variables=columns,
        cost_coeff_values=gegravity.CostCoeffs(betas, identifier_col="var", coeff_col="beta", stderr_col="stderr"),
        quiet=True,
    )
    model.build_baseline(mr_tolerance=TOLERANCE)
    return model


def compare(seconds: float, large: bool) -> Iterator[Comparison]:
    """Two numbers of regions, or three."""
    for regions in (20, 40, 80) if large else (20, 40):
        yield one(regions, seconds)


def one(regions: int, seconds: float) -> Comparison:
    """One number of regions by both."""
    data = made_up(regions)
    names = sorted(data["exporter"].unique())
    columns = ["near", "abroad", "dearer"]
    betas = pd.DataFrame(
        {"var": columns, "beta": [-1.0, -2.0, (1.0 - SIGMA) * np.log1p(RISE)], "stderr": [0.0, 0.0, 0.0]}
    )

    def gravity_ready() -> gegravity.OneSectorGE:
        model = gravity(data, columns, betas, names[0])
        changed = model.baseline_data.copy()
        changed["dearer"] = hit(changed)
        model.define_experiment(changed)
        return model

    def gravity_solved(model: gegravity.OneSectorGE) -> gegravity.OneSectorGE:
        model.simulate(ge_tolerance=TOLERANCE)
        return model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = repeat(gravity_ready, gravity_solved, seconds)
    modelled = peer.result.bilateral_trade_results["baseline modeled trade"].unstack("exporter")
    base = modelled.loc[names, names].to_numpy()
    output = base.sum(axis=0)

    def world_ready() -> tuple[detente.World, detente.Ledger]:
        world = detente.World(
            name="gravity",
            regions=[(name, name) for name in names],
            sectors=[("all", "Everything")],
            trade_musd=base[None, :, :],
            tariff=np.zeros((1, regions, regions)),
            input_share=np.zeros((regions, 1, 1)),
            elasticities={"gravity": [SIGMA - 1.0]},
        )
        return world, detente.Ledger.parse(LEDGER, world, name="dearer.toml")

    def world_solved(ready: tuple[detente.World, detente.Ledger]) -> detente.Change:
        return detente.solve(*ready, date="2023-06-01")

    ours = repeat(world_ready, world_solved, seconds)

    results = peer.result.country_results.loc[names]
    prices = [
        1.0 + results["factory gate price change (percent)"].to_numpy() / 100.0,
        1.0 + ours.result.wage,
    ]
    prices = [p / p[0] for p in prices]
    # gegravity's statistic is old over new.
    welfare = [
        100.0 * (1.0 / results["welfare statistic"].to_numpy() - 1.0),
        100.0 * ours.result.welfare_exact,
    ]
    barrier = np.ones((regions, regions))
    first, second = names.index(HIT[0]), names.index(HIT[1])
    barrier[first, second] = barrier[second, first] = 1.0 + RISE
    gaps = [unsold(p, base, barrier, output) for p in prices]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        settled = repeated(data, columns, betas, names, prices[0])
    return Comparison(
        task=f"Gravity: trade between two of {regions} regions costs {RISE:.0%} more",
        peer="gegravity",
        asked=[
            f"One sector without inputs, elasticity of substitution {SIGMA:g} (Detente's θ is {SIGMA - 1:g}), balanced"
            f" trade, the same two bilateral costs raised. Prices and welfare of every region.",
            "gegravity's set-up solves the base year's multilateral resistances, which Detente, working with changes"
            " of the base year's flows, does not need; the time of gegravity.simulate holds its tables of results."
            f" Its tolerances are {TOLERANCE:g}, its defaults 1e-08.",
        ],
        peer_time=peer,
        detente_time=ours,
        rows=[
            Row(f"welfare of {HIT[0]}, per cent", welfare[0][first], welfare[1][first]),
            Row(f"welfare of {HIT[1]}, per cent", welfare[0][second], welfare[1][second]),
            Row(f"welfare of {names[0]}, per cent", welfare[0][0], welfare[1][0]),
            Row(f"price of {HIT[1]} over that of {names[0]}", prices[0][second], prices[1][second]),
            Row("largest gap between sales and output, share", gaps[0], gaps[1], 12),
        ],
        largest=[
            ("Largest difference of welfare, percentage points", np.abs(welfare[0] - welfare[1]).max()),
            ("Largest difference of a price relative to the first region's", np.abs(prices[0] - prices[1]).max()),
            (
                "The same after gegravity's resistances are taken again and again at the shares that prices give",
                np.abs(settled / settled[0] - prices[1]).max(),
            ),
        ],
        differs=[
            "gegravity 0.3 finds the new multilateral resistances with the base year's shares of regions in world"
            " output and expenditure, and prices from them; the new prices do not go back into these shares. Detente"
            " solves prices, incomes and expenditure at once. So the answers differ to first order; the last row of"
            " the table says by how much markets are left open. Repeated with the shares of the new prices until"
            " nothing moves, gegravity's own steps lead to Detente's prices.",
            "Nominal values: gegravity keeps the price index of the reference importer, Detente world value added."
            " Only relative prices are compared.",
            "Unbalanced trade: gegravity keeps expenditure over output of each region, Detente has four rules for"
            " deficits and none of them is this one.",
            "gegravity estimates nothing here, but it takes estimates of gravity equations with their standard errors"
            " and draws from them; Detente takes flows as they are, and has sectors, inputs and tariff revenue.",
        ],
    )
