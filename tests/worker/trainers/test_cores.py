"""How many threads compute, by what the process got of the cores and by what is idle."""

import pytest
import torch

from tuneyard_worker.trainers.cores import Cores, Moment, chosen


@pytest.mark.parametrize(
    ("threads", "used", "idle", "expected"),
    [
        pytest.param(2, 1.9, 0.1, 2, id="alone"),
        pytest.param(2, 1.0, 0.0, 1, id="beside somebody who needs a whole core"),
        pytest.param(2, 1.7, 0.0, 2, id="beside somebody who needs little"),
        pytest.param(2, 0.2, 0.0, 1, id="never none"),
        pytest.param(2, 1.0, 0.95, 3, id="waiting for something else than a core"),
        pytest.param(1, 1.0, 0.0, 1, id="one, and no room"),
        pytest.param(1, 1.0, 1.0, 2, id="room again"),
        pytest.param(8, 3.2, 0.1, 3, id="of many"),
    ],
)
def test_it_has_no_more_threads_than_cores(threads, used, idle, expected):
    assert chosen(threads, used, idle) == expected


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
def test_threads_go_while_others_compute_and_come_back():
    clocks = [Moment(0, 0, 0), Moment(1, 1, 0), Moment(3, 3, 0), Moment(6, 6, 3), Moment(9, 11.8, 3.1)]
    cores = Cores(2, iter(clocks).__next__)
    seen = []
    for _ in clocks[1:]:
        cores.look()
        seen.append((cores.threads, torch.get_num_threads()))
    assert seen == [(2, 2), (1, 1), (2, 2), (2, 2)]


def test_the_clocks_of_this_machine_go_forward():
    before = Moment.now()
    sum(range(200_000))
    after = Moment.now()
    assert after.wall > before.wall
    assert after.own > before.own
    assert after.idle >= before.idle
