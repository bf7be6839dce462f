"""The e-mail domain of a visitor, for platforms that name no customer."""

FREE_MAIL = (
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "outlook.es",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.es",
    "hotmail.it",
    "live.com",
    "live.co.uk",
    "live.de",
    "live.fr",
    "msn.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.com.br",
    "yahoo.de",
    "yahoo.es",
    "yahoo.fr",
    "yahoo.it",
    "ymail.com",
    "rocketmail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "aol.de",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "mail.com",
    "mail.ru",
    "yandex.com",
    "yandex.ru",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "tutanota.com",
    "hey.com",
    "fastmail.com",
    "zoho.com",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "laposte.net",
    "sfr.fr",
    "libero.it",
    "virgilio.it",
    "terra.es",
    "telefonica.net",
    "bluewin.ch",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "btinternet.com",
    "qq.com",
    "163.com",
    "126.com",
    "sina.com",
    "naver.com",
    "rediffmail.com",
    "uol.com.br",
)
"""Domains that anybody can have an address at; two people there have nothing in common."""

BY_DOMAIN = "@domain"
"""What ``--map customer=@domain`` says: the customer is the domain of the visitor's e-mail address."""


def domain_of(expression: str) -> str:
    """SQL of the domain in an e-mail address, in lower case.

    NULL where the text is no address, or one at a free-mail provider: such a visitor belongs to no known customer.
    """
    domain = f"lower(trim(split_part({expression}, '@', 2)))"
    free = ", ".join(f"'{name}'" for name in FREE_MAIL)
    # One @ only, and a dot behind it: "$device:…", "@handle" and "a@b@c" are no addresses.
    address = (
        f"contains({domain}, '.') AND split_part({expression}, '@', 3) = '' AND NOT starts_with({expression}, '@')"
    )
    return f"CASE WHEN {address} AND {domain} NOT IN ({free}) THEN {domain} END"


def is_address(value: object) -> bool:
    """Whether a sampled value is an e-mail address, free-mail or not."""
    if not isinstance(value, str) or value.count("@") != 1:
        return False
    person, domain = value.split("@")
    return bool(person) and "." in domain
