"""SQL helpers that rule predicates call: identity numbers, telephones, credit codes, clean text.

`MACROS` are created once on every connection that validates. Each is written so that the common
clean cell is decided by one cheap test and the long check runs only on what is left.
"""

from __future__ import annotations

FULL_WIDTH = "０１２３４５６７８９Ｘｘ．，－／＋"
HALF_WIDTH = "0123456789Xx.,-/+"

BLANK = "chr(32) || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(12288) || chr(65279)"
"""Characters that count as blank at the ends of a cell: no-break, zero-width and full-width spaces too."""
BLANK_CLASS = r"[ \t\n\r\x{00a0}\x{200b}\x{3000}\x{feff}]"

FOLD_FROM = "（）：；"
FOLD_TO = "():;"

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

MACROS = (
    f"create or replace macro narrow(s) as translate(s, '{FULL_WIDTH}', '{HALF_WIDTH}')",
    f"create or replace macro clean(s) as trim(s, {BLANK})",
    # The same as clean, cheap where there is nothing to trim.
    f"""create or replace macro trimmed(s) as
        case when s < '!' then clean(s)
        when strlen(s) = length(s) then case when right(s, 1) < '!' then clean(s) else s end
        when regexp_matches(s, '^{BLANK_CLASS}|{BLANK_CLASS}$') then clean(s) else s end""",
    # Comparable form of an enumerated word: Python's twin is `fold` in this module.
    f"""create or replace macro fold(s) as
        lower(replace(translate(narrow(clean(s)), '{FOLD_FROM}', '{FOLD_TO}'), ' ', ''))""",
    # A number without thousands separators; 1,23 stays as it is and is refused.
    """create or replace macro plain_number(s) as
        case when regexp_full_match(clean(narrow(s)), '[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?')
            then replace(clean(narrow(s)), ',', '')
            else clean(narrow(s)) end""",
    f"create or replace macro is_blank(s) as trim(s, {BLANK}) = ''",
    # A resident identity number: 17 digits and a check character (GB 11643), born on a real day.
    """create or replace macro id_check_ok(x) as
        substr('10X98765432', cast(1 + list_sum(list_transform(
            range(1, 18),
            lambda i: try_cast(x[i] as integer) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i]
        )) % 11 as integer), 1) = upper(x[18])""",
    """create or replace macro is_id_number(x) as
        length(x) = 18
        and try_cast(concat(x[7:10], '-', x[11:12], '-', x[13:14]) as date)
            between date '1900-01-01' and date '2100-12-31'
        and id_check_ok(x)""",
    # Both kinds of number have at least eleven digits in a row; a short text needs no search.
    """create or replace macro long_digits(s) as
        case when length(s) > 10 then regexp_matches(s, '[0-9０-９]{11}') else false end""",
    """create or replace macro has_id_number(s) as
        case when long_digits(s) then len(list_filter(
            regexp_extract_all(narrow(s), '[0-9]+[Xx]?'), lambda x: coalesce(is_id_number(x), false))) > 0
        else false end""",
    # A whole token, so that a record number which merely contains such digits stays.
    """create or replace macro has_phone(s) as
        case when long_digits(s) then len(list_filter(
            regexp_extract_all(narrow(s), '[0-9A-Za-z_-]+'),
            lambda x: regexp_full_match(x, '(86-?)?1[3-9][0-9]{9}'))) > 0
        else false end""",
    """create or replace macro mask_private(s) as
        regexp_replace(regexp_replace(s,
            '([0-9０-９]{6})[0-9０-９]{8}([0-9０-９]{3}[0-9０-９XxＸｘ])', '\\1********\\2', 'g'),
            '([1１][3-9３-９][0-9０-９])[0-9０-９]{4}([0-9０-９]{4})', '\\1****\\2', 'g')""",
    f"create or replace macro uscc_form_ok(s) as regexp_full_match(s, '[{USCC_ALPHABET}]{{18}}')",
    # GB 32100: weights 3^(i-1) mod 31 over 17 characters, the 18th makes the sum divisible by 31.
    f"""create or replace macro uscc_check_ok(s) as
        (list_sum(list_transform(
            range(1, 18),
            lambda i: (strpos('{USCC_ALPHABET}', s[i]) - 1)
                * [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28][i]
        )) + strpos('{USCC_ALPHABET}', s[18]) - 1) % 31 = 0""",
)
"""Statements that create the helpers, in order."""


def fold(text: str) -> str:
    """The form in which the spellings of an enumerated word are compared (the SQL macro's twin)."""
    table = str.maketrans(FULL_WIDTH + FOLD_FROM, HALF_WIDTH + FOLD_TO)
    return text.strip().translate(table).replace(" ", "").lower()


def uscc_region_macro(former_codes: dict[str, str]) -> str:
    """The statement that creates `uscc_in_region(code, region_id)`; former county codes count as today's."""
    pairs = ", ".join(f"'{old}': '{new}'" for old, new in sorted(former_codes.items()))
    today = f"coalesce(map {{{pairs}}}[substr(s, 3, 6)], substr(s, 3, 6))"
    return f"""create or replace macro uscc_in_region(s, r) as case
        when r is null then true
        when left(r, 4) = '5300' then substr(s, 3, 2) = '53'
        when substr(s, 3, 4) <> left(r, 4) then false
        when length(r) > 6 then true
        else {today} in (r, left(r, 4) || '00') end"""
