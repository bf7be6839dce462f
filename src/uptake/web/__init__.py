"""A door: the pages, a folder each."""
