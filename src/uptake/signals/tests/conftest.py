from uptake.metrics.tests.engines import engine  # noqa: F401  (a fixture)
