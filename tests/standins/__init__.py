"""Pendo, Amplitude and Mixpanel as real servers on this machine, each with a truth and a dial for faults.

    with PendoStandIn(PendoTruth(seed=1), Faults(seed=1, cut=0.1)) as server:
        PendoClient(server.key, address=server.url).pull(first, last, folder)
        assert … == server.truth.totals()

They keep to the shapes that the platforms document. What is asked of a real one in another shape is refused here too.
"""
