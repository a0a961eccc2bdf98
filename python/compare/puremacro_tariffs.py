"""A tariff war beside puremacro: the model of Caliendo and Parro in exact hats.

puremacro is a large library of macroeconomics; its `CaliendoParroModel` is the
model of Detente's long run, with the same equations and the same closure
(deficits held, world value added as numeraire). Both start from puremacro's
own calibrations:

* the preset `nafta_china`, 3 countries × 2 sectors, one of them not traded;
* `from_icio(2019)`, the G20 and the rest of the world × 20 sectors, from the
  OECD tables.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from comparison import Comparison, Row
from puremacro.models.trade_policy import TradePolicySimulator
from puremacro.trade import CaliendoParroModel, CaliendoParroResult
from timing import repeat

import detente

RATE = 0.25
TOLERANCE = 1e-8
"""puremacro's default, on the labour market relative to income."""

MEASURE = """
[[measure]]
id     = "{by}-{on}"
kind   = "import-tariff"
by     = "{by}"
on     = "{on}"
from   = 2023-01-01
rate   = "{rate:.0%}"
source = "made up"
"""
LEDGER = 'ledger = { title = "Each taxes the other\'s goods" }\n' + "".join(
    MEASURE.format(by=by, on=on, rate=RATE) for by, on in (("USA", "CHN"), ("CHN", "USA"))
)


def compare(seconds: float, large: bool) -> Iterator[Comparison]:
    """Both calibrations."""
    preset = TradePolicySimulator.from_preset("nafta_china").model
    yield one("the preset `nafta_china`, 3 countries × 2 sectors", preset, ["Manufactures"], seconds)
    icio = TradePolicySimulator.from_icio(2019, theta=4.0).model
    yield one("OECD tables of 2019, 20 economies × 20 sectors", icio, ["A", "B", "C"], seconds)


def scaled(model: CaliendoParroModel) -> CaliendoParroModel:
    """The same model with world value added 1.

    puremacro also asks for an absolute excess demand below 1e-6 in the unit of
    the table. In millions that means a relative one of about 1e-14, and twice
    the iterations; in this unit the relative tolerance decides.
    """
    unit = model.labor_income.sum()
    return CaliendoParroModel(
        trade_shares=model.trade_shares,
        gamma_va=model.gamma_va,
        gamma_io=model.gamma_io,
        alpha=model.alpha,
        theta=model.theta,
        labor_income=model.labor_income / unit,
        deficits=model.deficits / unit,
        tariffs=model.tariffs,
        country_codes=model.country_codes,
        sector_codes=model.sector_codes,
        nontradables=[int(j) for j in np.flatnonzero(model.is_nontradable)],
    )


def one(what: str, model: CaliendoParroModel, goods: list[str], seconds: float) -> Comparison:
    """The United States and China tax each other's goods, by both."""
    countries, sectors = model.country_codes, model.sector_codes
    usa, china = countries.index("USA"), countries.index("CHN")
    taxed = [sectors.index(code) for code in goods]
    tariffs = model.tariffs.copy()
    tariffs[taxed, usa, china] += RATE
    tariffs[taxed, china, usa] += RATE

    def theirs(ready: CaliendoParroModel) -> CaliendoParroResult:
        return ready.solve_counterfactual(tariffs_new=tariffs, tol=TOLERANCE)

    # Flows before tariffs, [sector, importer, exporter].
    flows = model.trade_shares * model.baseline_X.T[:, :, None] / model.tariffs

    def world_ready() -> tuple[detente.World, detente.Ledger]:
        world = detente.World(
            name="peer",
            regions=[(code, code) for code in countries],
            sectors=[(code, code) for code in sectors],
            trade_musd=flows,
            tariff=model.tariffs - 1.0,
            input_share=np.ascontiguousarray(np.swapaxes(model.gamma_io, 1, 2)),
            elasticities={"peer": list(model.theta)},
            goods=goods,
        )
        return world, detente.Ledger.parse(LEDGER, world, name="war.toml")

    def ours(ready: tuple[detente.World, detente.Ledger]) -> detente.Change:
        return detente.solve(*ready, date="2023-06-01")

    peer = repeat(lambda: scaled(model), theirs, seconds)
    mine = repeat(world_ready, ours, seconds)
    # Not timed: how far the two agree when puremacro goes on.
    exact = scaled(model).solve_counterfactual(tariffs_new=tariffs, tol=1e-13)

    welfare = [peer.result.welfare_pct, 100.0 * mine.result.welfare_exact]
    wages = [peer.result.w_hat, 1.0 + mine.result.wage]
    real = [peer.result.real_wage_hat, 1.0 + mine.result.real_wage]
    rows = [
        Row(f"{name} of {countries[at]}, {unit}", values[0][at], values[1][at], 8)
        for name, unit, values in (
            ("welfare", "per cent", welfare),
            ("wage", "new over old", wages),
            ("real wage", "new over old", real),
        )
        for at in (usa, china)
    ]
    return Comparison(
        task=f"Tariff war: {what}",
        peer="puremacro",
        asked=[
            f"The United States and China add {RATE:.0%} on each other's goods ({', '.join(goods)}); deficits held,"
            " world value added as numeraire. Welfare, wages and real wages of every country.",
            f"puremacro stops at a relative excess demand for labour of {TOLERANCE:g}, its default, here"
            f" {peer.result.max_residual:.0e} after {peer.result.iterations} iterations; Detente at its own, 1e-12.",
            "puremacro's set-up solves the base year, Detente's reads arrays and ledger.",
        ],
        peer_time=peer,
        detente_time=mine,
        rows=rows,
        largest=[
            ("Largest difference of welfare, percentage points", np.abs(welfare[0] - welfare[1]).max()),
            (
                f"The same with puremacro at a tolerance of 1e-13 ({exact.iterations} iterations)",
                np.abs(exact.welfare_pct - welfare[1]).max(),
            ),
            ("Largest difference of a wage", np.abs(wages[0] - wages[1]).max()),
            ("Largest difference of a real wage", np.abs(real[0] - real[1]).max()),
        ],
        differs=[
            "The model does not. Of these two implementations Detente's also has limits on quantities, export taxes and"
            " measures with dates; puremacro's also marks sectors that are not traded.",
            "puremacro is wider: among much else general and dynamic CGE models of the same tables with capital,"
            " nested technology, household groups and markups, econometrics, DSGE and spatial models. None of this"
            " is compared here.",
        ],
    )
