"""Month names in English, German, French and Spanish, for Python and for DuckDB."""

from collections.abc import Mapping

from uptake.kit import sql

MONTHS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "january januar janner janvier enero jan janv ene",
            "february februar fevrier febrero feb fevr fev",
            "march marz maerz mars marzo mar mrz",
            "april avril abril apr avr abr",
            "may mai mayo",
            "june juni juin junio jun",
            "july juli juillet julio jul juil",
            "august aout agosto aug ago",
            "september septembre septiembre setiembre sept sep set",
            "october oktober octobre octubre oct okt",
            "november novembre noviembre nov",
            "december dezember decembre diciembre dec dez dic",
        ),
        start=1,
    )
    for word in words.split()
}
"""Without accents, lower case. No abbreviation means two months in the four languages."""

_LONGEST_FIRST = "|".join(sorted(MONTHS, key=len, reverse=True))
MONTH_WORD = f"(?P<word>{_LONGEST_FIRST})"


def named_to_iso(column: str, *, with_day: bool, short_year: bool) -> str:
    """``3 août 2025 10:15`` as ``2025-8-3 10:15``, in SQL; text without month, day or year stays as it is."""
    folded = f"lower(strip_accents({column}))"
    numbers = ", ".join(f"{sql.text(word)}: '{number}'" for word, number in MONTHS.items())
    month = f"MAP {{{numbers}}}[regexp_extract({folded}, '({_LONGEST_FIRST})')]"
    year = _found(folded, "[0-9]{4}", 0)
    if short_year:
        year = f"'20' || {_found(folded, '[a-z][.,]?[-/ ]+([0-9]{2})(?:[^0-9:]|$)', 1)}"
    day = _found(folded, "(?:^|[^0-9:.])([0-9]{1,2})(?:[^0-9:]|$)", 1) if with_day else "'1'"
    clock = rf"regexp_extract({folded}, '[0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]+)?)?')"
    half = rf"upper(replace(replace(regexp_extract({folded}, '[0-9]\s*([ap][.]?\s?m)[.]?\s*$', 1), '.', ''), ' ', ''))"
    return f"coalesce(rtrim({year} || '-' || {month} || '-' || {day} || ' ' || {clock} || ' ' || {half}), {column})"


def _found(text: str, pattern: str, group: int) -> str:
    return f"nullif(regexp_extract({text}, '{pattern}', {group}), '')"
