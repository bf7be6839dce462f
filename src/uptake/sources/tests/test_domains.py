"""@domain: the customer is the company part of an e-mail address."""

import duckdb
import pytest

from uptake.sources.domains import domain_of


@pytest.mark.parametrize(
    ("visitor", "domain"),
    [
        ("ana@acme.com", "acme.com"),
        ("Ana.Smith@Sub.ACME.co.uk ", "sub.acme.co.uk"),
        ("ana@gmail.com", None),  # anybody's
        ("ana@googlemail.com", None),
        ("ana@gmail.com.acme.com", "gmail.com.acme.com"),
        ("$device:2b42b701-067c", None),
        ("91", None),
        ("ana@localhost", None),
        ("@acme.com", None),
        ("a@b.com@c.com", None),
        ("", None),
        (None, None),
    ],
)
def test_the_domain_of_an_address_and_of_nothing_else(visitor, domain):
    assert duckdb.execute(f"SELECT {domain_of('v')} FROM (SELECT ?::VARCHAR AS v)", [visitor]).fetchone() == (domain,)
