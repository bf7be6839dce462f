"""The Signals pages: what stands open, one alert with its evidence, and the rules."""
