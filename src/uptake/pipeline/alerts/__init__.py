"""Usage alerts at work: the facts they are found in, the daily run, the simulation, and telling teammates."""
