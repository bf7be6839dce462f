"""What was answered survives: killed processes, torn and damaged files, a disk that fails."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from uptake.pipeline.live import spool
from uptake.pipeline.live.spool import CLOSED, OPEN, Frames, Spool, SpoolBroken, closed_segments, folder, waiting_bytes


def payloads() -> list[bytes]:
    return [payload for path in closed_segments() for payload in Frames(path)]


@pytest.fixture
def writer():
    made = Spool()
    yield made
    made.close()


def test_what_was_put_is_read_in_order(writer):
    for number in range(100):
        writer.put(b"%d" % number).result(5)
    writer.close()
    assert payloads() == [b"%d" % number for number in range(100)]
    assert waiting_bytes() == sum(12 + len(each) for each in payloads())


def test_requests_at_the_same_time_share_an_fsync(writer, monkeypatch):
    synced = []
    real = os.fdatasync

    def slow(file):
        synced.append(file)
        time.sleep(0.05)
        real(file)

    monkeypatch.setattr(os, "fdatasync", slow)
    with ThreadPoolExecutor(50) as many:
        list(many.map(lambda number: writer.put(b"%d" % number).result(5), range(200)))
    writer.close()
    assert sorted(payloads(), key=int) == [b"%d" % number for number in range(200)]
    assert len(synced) == writer.syncs < 20


def test_nothing_is_answered_before_it_is_durable(writer, monkeypatch):
    held = []
    monkeypatch.setattr(os, "fdatasync", lambda _: held.append(done.done()) or time.sleep(0.2))
    done = writer.put(b"x")
    time.sleep(0.1)
    assert not done.done()
    done.result(5)
    assert held == [False]


def test_a_segment_is_closed_soon_so_that_it_may_become_facts(writer):
    writer.put(b"x").result(5)
    assert closed_segments() == []
    until = time.monotonic() + 10
    while not closed_segments() and time.monotonic() < until:
        time.sleep(0.05)
    assert payloads() == [b"x"]


def test_a_segment_that_is_full_is_closed(writer, monkeypatch):
    monkeypatch.setattr(spool, "MOST_BYTES", 1_000)
    for _ in range(10):
        writer.put(b"x" * 600).result(5)
    writer.close()
    assert len(closed_segments()) == 5


def test_writers_of_several_processes_have_segments_of_their_own(writer):
    other = Spool()
    first, second = writer.put(b"a"), other.put(b"b")
    first.result(5), second.result(5)
    assert len(list(folder().glob(f"*{OPEN}"))) == 2
    assert closed_segments() == []  # both are being written
    other.close()
    assert payloads() == [b"b"]


def test_a_killed_process_leaves_all_it_answered(home):
    """It is killed while it writes; what it said was durable is there, whole and in order."""
    script = """
        import django, sys
        django.setup()
        from uptake.pipeline.live.spool import Spool
        writer = Spool()
        for number in range(10**6):
            writer.put(b"%d" % number * 50).result(5)
            print(number, flush=True)
    """
    environment = os.environ | {"UPTAKE_HOME": str(home)}
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], env=environment, stdout=subprocess.PIPE, text=True
    )
    answered = [child.stdout.readline() for _ in range(300)]
    assert closed_segments() == []  # it lives, and holds its segment
    child.send_signal(signal.SIGKILL)
    answered += child.stdout.read().split()
    child.wait(10)
    found = payloads()
    assert found[: len(answered)] == [b"%d" % number * 50 for number in range(len(answered))]
    assert len(found) <= len(answered) + 1


@pytest.mark.parametrize("cut", [1, 5, 11, 12, 13, 20])
def test_a_torn_end_is_no_frame(writer, cut):
    for number in range(3):
        writer.put(b"payload %d" % number).result(5)
    writer.close()
    [path] = closed_segments()
    os.truncate(path, path.stat().st_size - cut)
    frames = Frames(path)
    assert list(frames) == [b"payload 0", b"payload 1"]
    assert (frames.lost, frames.torn) == (0, 21 - cut)


def test_damage_in_the_middle_loses_only_what_is_damaged(writer):
    for number in range(4):
        writer.put(b"payload %d" % number).result(5)
    writer.close()
    [path] = closed_segments()
    data = bytearray(path.read_bytes())
    data[21 + 15] ^= 1
    path.write_bytes(data)
    frames = Frames(path)
    assert list(frames) == [b"payload 0", b"payload 2", b"payload 3"]
    assert (frames.lost, frames.torn) == (21, 0)


def test_a_disk_that_fails_answers_nobody_and_the_next_try_goes_well(writer, monkeypatch):
    def fails(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", fails)
    with pytest.raises(SpoolBroken, match="No space"):
        writer.put(b"lost").result(5)
    monkeypatch.undo()
    writer.put(b"kept").result(5)
    writer.close()
    assert b"kept" in payloads()


def test_short_writes_are_written_to_their_end(writer, monkeypatch):
    real = os.writev
    monkeypatch.setattr(os, "writev", lambda file, buffers: real(file, [buffers[0][:7]]))
    first, second = writer.put(b"x" * 100), writer.put(b"y" * 100)
    first.result(5), second.result(5)
    writer.close()
    assert payloads() == [b"x" * 100, b"y" * 100]


def test_an_empty_segment_of_a_killed_process_is_removed(writer):
    (folder() / f"1-1-a{OPEN}").touch()
    assert closed_segments() == []
    assert list(folder().iterdir()) == []


def test_a_file_that_is_not_locked_yet_is_left_alone():
    new = folder() / "1-1-a.new"
    new.touch()
    assert closed_segments() == []
    assert new.exists()
    os.utime(new, (0, 0))  # its process was killed long ago
    closed_segments()
    assert not new.exists()


def test_a_closed_segment_may_be_taken_at_once(writer):
    writer.put(b"x").result(5)
    writer.close()
    [path] = closed_segments()
    assert path.suffix == CLOSED
