"""Errors that are answers: a sentence for the reader, and nothing changed."""


class ProductError(Exception):
    """An expected refusal, in words for the person who asked.

    ``status`` is the HTTP status a door answers with; the command line exits with 1.
    """

    status = 400
