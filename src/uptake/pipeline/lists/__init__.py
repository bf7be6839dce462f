"""Customer lists that come as files: looked at, confirmed, written at once, taken back as a whole."""
