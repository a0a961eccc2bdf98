"""What the escalation of April 2025 cost each side, and what a scenario says of it."""

import detente

world = detente.World.open("icio-2022")  # 81 economies, 28 sectors, ships inside
ledger = detente.Ledger.open("us-china", world)  # every measure of both sides since 2018

change = detente.solve(world, ledger, "2025-04-12", against="2025-01-19")
usa, china = (change.regions.index(code) for code in ("USA", "CHN"))
print(f"USA {change.welfare_exact[usa]:+.2%}, China {change.welfare_exact[china]:+.2%}")

answer = detente.run("truce-2025", weeks=False, strategy=False)  # a scenario that ships
value, low, high = answer.find("welfare_exact", "CHN", "truce")
print(f"China in the truce, per cent: {value:.2f} ({low:.2f} to {high:.2f})")
