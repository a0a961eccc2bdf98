"""Computes reference.csv, the path of our own small table, with BoARIO.

    python3 -m venv venv
    venv/bin/pip install boario==0.7.2 pymrio==0.7.0 progressbar2
    venv/bin/python make.py > reference.csv

Made with Python 3.11, boario 0.7.2, pymrio 0.7.0, numpy 2.4.6, pandas 3.1.1.

The table is 4 regions x 5 sectors, region by region, industries i, j = 0..19:

    Z[i,j] = ((7 i + 11 j + i j) mod 13) * (8 if in one region else 1)
    Y[i]   = 200 + 10 (5 i mod 17), by its own region's households alone

a year, in millions; industry 18 (Dland, metals) neither sells nor buys.
"""

import logging
import sys
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import numpy as np
import pandas as pd
import pymrio
from boario import event
from boario.extended_models import ARIOPsiModel
from boario.simulation import Simulation

REGIONS = ["Aland", "Bland", "Cland", "Dland"]
SECTORS = ["energy", "food", "goods", "metals", "services"]
IDLE = 18
DAYS = 200

names = pd.MultiIndex.from_product([REGIONS, SECTORS], names=["region", "sector"])
households = pd.MultiIndex.from_product([REGIONS, ["households"]], names=["region", "category"])
n, s = len(names), len(SECTORS)
Z, Y = np.zeros((n, n)), np.zeros((n, len(REGIONS)))
for i in range(n):
    for j in range(n):
        if IDLE not in (i, j):
            Z[i, j] = ((7 * i + 11 * j + i * j) % 13) * (8 if i // s == j // s else 1)
    if i != IDLE:
        Y[i, i // s] = 200 + 10 * (5 * i % 17)

table = pymrio.IOSystem(Z=pd.DataFrame(Z, names, names), Y=pd.DataFrame(Y, names, households))
table.x = pd.DataFrame({"indout": table.Z.sum(axis=1) + table.Y.sum(axis=1)})
table.A = pymrio.calc_A(table.Z, table.x)

model = ARIOPsiModel(
    table,
    order_type="alt",
    alpha_base=1.0,
    alpha_max=1.25,
    alpha_tau=60,
    psi_param=0.8,
    inventory_dict={"energy": 15, "food": 30, "goods": 60, "metals": 45, "services": 90},
    infinite_inventories_sect=["services"],
    inventory_restoration_tau={"energy": 5, "food": 10, "goods": 20, "metals": 30, "services": 60},
    productive_capital_to_VA_dict={sector: 4 for sector in SECTORS},
    monetary_factor=10**6,
)
simulation = Simulation(model, n_temporal_units_to_sim=DAYS)


def rows(values):
    index = pd.MultiIndex.from_tuples(list(values), names=["region", "sector"])
    return pd.Series(list(values.values()), index=index, dtype=float)


simulation.add_event(
    event.from_series(
        rows({("Aland", "metals"): 0.3, ("Bland", "energy"): 0.2}),
        event_type="arbitrary",
        occurrence=5,
        duration=20,
        recovery_tau=15,
        recovery_function="linear",
    )
)
simulation.add_event(
    event.from_series(
        rows({("Cland", "goods"): 300.0}),
        event_type="rebuild",
        occurrence=50,
        duration=10,
        rebuild_tau=30,
        rebuilding_sectors={"goods": 0.6, "metals": 0.4},
        rebuilding_factor=1.0,
        event_monetary_factor=10**6,
    )
)
print(table.x["indout"].round(2).to_dict(), file=sys.stderr)
print((table.x["indout"] - table.Z.sum(axis=0)).round(2).to_dict(), file=sys.stderr)
simulation.loop()

path = simulation.production_realised
path = path[list(names)]
print("step," + ",".join("|".join(name) for name in names))
print("-1," + ",".join(repr(float(x) / 365) for x in table.x["indout"]))
for step, row in zip(range(DAYS), path.to_numpy()):
    print(f"{step}," + ",".join(repr(float(x)) for x in row))
