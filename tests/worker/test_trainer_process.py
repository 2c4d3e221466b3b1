"""What the trainer is told of the machine, and what it is not."""

from tuneyard.kit.config import Settings
from tuneyard_worker.trainer_process import environment


def test_the_trainer_knows_how_cards_reach_each_other_and_no_secret(monkeypatch, tmp_path):
    told = {"NCCL_SOCKET_IFNAME": "eth1", "NCCL_P2P_DISABLE": "1", "CUDA_VISIBLE_DEVICES": "0,2"}
    secret = {"TUNEYARD_SERVICE_TOKEN": "s" * 32, "AWS_SECRET_ACCESS_KEY": "s", "HF_TOKEN": "s", "OUR_NCCL_KEY": "s"}
    for name, value in (told | secret).items():
        monkeypatch.setenv(name, value)
    known = environment(Settings(data_dir=tmp_path, threads=3))
    assert told.items() <= known.items()
    assert not secret.keys() & known.keys()
    assert known["OMP_NUM_THREADS"] == "3"
