"""Memory and processors of a process tree, measured on real processes."""

import os
import subprocess
import sys
import time

import psutil

from tuneyard_worker.resource_meter import ResourceMeter

HUNGRY = """
import subprocess, sys
held = bytearray(80_000_000)
held[::4096] = b"x" * len(held[::4096])
child = "import sys; sys.stdout.write('ready'); sys.stdout.flush()\\nwhile True: pass"
subprocess.run([sys.executable, "-c", child])
"""


def test_children_count_too():
    with subprocess.Popen([sys.executable, "-c", HUNGRY], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.read(5) == b"ready"
            meter = ResourceMeter(process.pid)
            meter.measure()
            time.sleep(1)
            used = meter.measure()
        finally:
            for pid in [child.pid for child in psutil.Process(process.pid).children(recursive=True)] + [process.pid]:
                subprocess.run(["kill", "-9", str(pid)], check=True)
    assert used.memory_bytes > 80_000_000
    assert 0.2 < used.processors <= used.processors_total + 0.1


def test_one_that_has_ended_and_was_not_waited_for_holds_nothing():
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    process.stdout.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert ResourceMeter(process.pid).measure() is None
    process.wait()


def test_nobody_is_left():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert ResourceMeter(process.pid).measure() is None


def test_days_are_a_short_list():
    """Some hundreds in the first hour, one a minute in each that follows."""
    now, counts = 0.0, [0, 0]
    meter = ResourceMeter(os.getpid(), clock=lambda: now)
    for hour in range(2):
        while now < 3600 * (hour + 1):
            now += 2
            if meter.due():
                assert meter.measure() is not None
                counts[hour] += 1
    assert 200 < counts[0] < 400
    assert 60 <= counts[1] <= 65
