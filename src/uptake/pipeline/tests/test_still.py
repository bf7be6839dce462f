"""While it lasts, what the workspace's state is is asked once; outside nothing is kept."""

from uptake.pipeline.still import once_while_still, still

asked: list[str] = []


@once_while_still
def state_of(what: str) -> str:
    asked.append(what)
    return what.upper()


def test_within_it_each_is_asked_once_and_outside_every_time() -> None:
    asked.clear()
    assert [state_of("a"), state_of("a")] == ["A", "A"]
    assert asked == ["a", "a"]
    with still():
        assert [state_of("a"), state_of("a"), state_of("b"), state_of("a")] == ["A", "A", "B", "A"]
        with still():
            assert state_of("b") == "B"
        assert state_of("b") == "B"  # the end of the inner one ends nothing
    assert asked == ["a", "a", "a", "b"]
    with still():
        state_of("a")
    assert asked[-1] == "a"
    assert len(asked) == 5


def test_what_was_raised_is_not_kept() -> None:
    asked.clear()
    tries = []

    @once_while_still
    def failing() -> int:
        tries.append(1)
        raise ValueError("no")

    with still():
        for _ in range(2):
            try:
                failing()
            except ValueError:
                continue
    assert len(tries) == 2
