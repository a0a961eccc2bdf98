"""The tariff on one partner that is best for the one who levies it, by solving a curve."""

import numpy as np

import detente

LEDGER = """
ledger = {{ title = "One tariff" }}
[[measure]]
id = "usa-on-china"
kind = "import-tariff"
by = "USA"
on = "CHN"
sectors = ["C"]
rate = {{ 2025-01-01 = "{rate}%" }}
source = "asked"
"""

world = detente.World.open("icio-2019-g20")
model = detente.Model(world)
usa = world.regions.index("USA")


def state(rate: int) -> detente.State:
    """The world with this tariff, per cent."""
    return detente.Ledger.parse(LEDGER.format(rate=rate), world).state("2025-06-01")


base = near = model.solve(state(0))
rates = list(range(0, 101, 5))
gains: list[float] = []
for rate in rates:
    near = model.solve(state(rate), near=near)
    gains.append(100 * float(model.change(base, near).welfare_exact[usa]))
best = int(np.argmax(gains))
print(f"best of these: {rates[best]} % more on China's manufactures, {gains[best]:+.3f} % of real income")
