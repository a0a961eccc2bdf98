"""A sweep over a Dask cluster, here of two processes on this computer."""

import tempfile
from pathlib import Path

from distributed import Client, LocalCluster

import detente
import detente.dask


def main() -> None:
    """Workers begin by reading this file: what it does stands in a function."""
    out = Path(tempfile.mkdtemp()) / "truce"
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1")
    with cluster, Client(cluster) as client:
        found = detente.dask.sweep("truce-2025", 20, client, out=out, chunk=5, variables="welfare_exact")
    quantiles = found.quantiles.to_pandas()
    print(quantiles[quantiles.region == "CHN"][["run", "low", "median", "high"]].to_string(index=False))


if __name__ == "__main__":
    main()
