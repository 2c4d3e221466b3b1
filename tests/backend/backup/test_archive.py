"""The file of a backup gives what was put in, or says that it is damaged."""

import io

import pytest

from tuneyard.backup.archive import Header, reading, writing
from tuneyard.backup.errors import DamagedBackup
from tuneyard.kit import clock

MEMBERS = {"tables/jobs/0": b"1\tone\n" * 50, "store/models/ws/a/weights": bytes(range(256)) * 4, "store/empty": b""}


def header() -> Header:
    return Header(revision="0001", created_at=clock.now(), tables={"jobs": ["id"]}, bytes=1, secret="s" * 32)


def written() -> bytes:
    stream = io.BytesIO()
    with writing(stream, header()) as archive:
        for name, content in MEMBERS.items():
            archive.add_bytes(name, content)
    return stream.getvalue()


def read(content: bytes) -> dict[str, bytes]:
    with reading(io.BytesIO(content)) as archive:
        members = {name: member.read() for name, member in archive.members()}
        assert archive.header.revision == "0001"
        return members


def test_everything_comes_out_as_it_went_in() -> None:
    assert read(written()) == MEMBERS


def test_a_changed_byte_is_noticed_wherever_it_matters() -> None:
    whole = written()
    places = range(0, whole.rindex(b"}") + 1, 3)
    noticed = 0
    for place in places:
        altered = bytearray(whole)
        altered[place] ^= 0x55
        try:
            assert read(bytes(altered)) == MEMBERS
        except DamagedBackup:
            noticed += 1
    # What is not noticed only fills a block up.
    assert noticed > 0.6 * len(places)


def test_a_file_that_was_cut_short_is_noticed() -> None:
    whole = written()
    for end in range(0, whole.rindex(b"}") + 1, 17):
        with pytest.raises(DamagedBackup):
            read(whole[:end])


def test_what_was_not_completed_is_no_backup() -> None:
    stream = io.BytesIO()
    with pytest.raises(KeyboardInterrupt), writing(stream, header()) as archive:
        archive.add_bytes("store/a", b"1")
        raise KeyboardInterrupt
    with pytest.raises(DamagedBackup):
        read(stream.getvalue())
