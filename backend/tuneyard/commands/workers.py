"""`tuneyard workers`: who works, on what, and when it was last heard of."""

from rich.console import Console
from rich.table import Table

from tuneyard.commands.client import connect
from tuneyard.commands.options import DataDir, load_settings


def run(data_dir: DataDir = None) -> None:
    """List the workers with device, memory, job and heartbeat."""
    api = connect(load_settings(data_dir=data_dir).data_dir)
    workers = api.call("GET", "/workers")["data"]
    if not workers:
        Console().print("No worker runs. Start one with `tuneyard worker`.", highlight=False)
        return
    table = Table("worker", "machine", "queues", "device", "cores", "memory", "version", "job", "heard of")
    for worker in workers:
        job = worker["job"]["id"] if worker["job"] else "busy" if worker["busy"] else "free"
        memory = f"{_gigabytes(worker['memory_bytes'])} of {_gigabytes(worker['memory_total_bytes'])}"
        if worker["card_memory_bytes"]:
            memory += f", card {_gigabytes(worker['card_memory_bytes'])}"
        heard = f"{worker['heartbeat_age_seconds']:.0f} s ago" + ("" if worker["alive"] else ", lost")
        table.add_row(
            worker["id"],
            worker["host"],
            " ".join(worker["queues"]),
            worker["device"],
            str(worker["cores"]),
            memory,
            worker["version"],
            job,
            heard,
        )
    Console().print(table)


def _gigabytes(size: int) -> str:
    return f"{size / 2**30:.1f} GB"
