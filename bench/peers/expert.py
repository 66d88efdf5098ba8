"""R as the best single statement that was found: no function is called, each text becomes bytes once, one weighted sum over tables of
character values tells pattern and check character together, and whole records are compared only where their credit code is not
unique. Prints SQL."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ODD, NO_DIGIT = 10**6, 10**12  # what a character adds that is not allowed at all, or not in a place of digits
TWO = 2**32


def table(values, otherwise):
    """A constant array: what each byte adds."""
    return "'{" + ",".join(str(values.get(byte, otherwise(byte))) for byte in range(256)) + "}'::bigint[]"


def weighted(tables, weights, size):
    return " + ".join(f"({tables(i)})[get_byte(bytes, {i}) + 1] * {weights[i]}" for i in range(size))


def uscc_sum():
    letters = {ord(c): i for i, c in enumerate(ALPHABET)}
    digits = {ord(c): i for i, c in enumerate("0123456789")}
    any_letter = table(letters, lambda _: ODD)
    digit = table(digits, lambda byte: NO_DIGIT if byte in letters else ODD)
    weights = [pow(3, i, 31) for i in range(17)] + [1]
    return weighted(lambda i: digit if 2 <= i < 8 else any_letter, weights, 18)


def citizen_sum():
    digits = {ord(c): i for i, c in enumerate("0123456789")}
    digit, last = table(digits, lambda _: ODD), table({**digits, ord("X"): 10}, lambda _: ODD)
    weights = [pow(2, 17 - i, 11) for i in range(18)]
    return weighted(lambda i: last if i == 17 else digit, weights, 18)


def of_bytes(expression, column):
    """NULL where the value has not 18 bytes."""
    return f"case when octet_length({column}) = 18 then {expression.replace('bytes', column)} end"


def uscc_verdict(total):
    """Two numbers of faults in one sum: below and above 2^32."""
    return (f"({total} is null or {total} % {NO_DIGIT} >= {ODD})::integer + "
            f"({total} is null or {total} >= {ODD} or {total} % 31 <> 0)::integer * {TWO}")


def citizen_verdict(total):
    return f"({total} is null or {total} >= {ODD} or {total} % 11 <> 1)::integer"


STATEMENT = """
with repeated as materialized (
    select uscc, count(*) as n from enterprise where uscc is not null group by uscc having count(*) > 1)
select json_build_object(
    'uscc.required', r.uscc_required, 'name.required', r.name_required, 'legal_person.required', r.person_required,
    'region.required', r.region_required, 'uscc.unique', (select coalesce(sum(n), 0) from repeated),
    'uscc.match', r.uscc_faults % {two}, 'phone.match', r.phone_match, 'uscc.checksum', div(r.uscc_faults, {two}),
    'citizen_id.checksum', r.citizen_checksum, 'region.code', r.region_code, 'capital.range', r.capital_range,
    'founded.range', r.founded_range, 'status.one_of', r.status_one_of, 'name.length', r.name_length, 'fresh', r.fresh,
    'live-has-phone', r.live_has_phone,
    'whole-record', (select coalesce(sum(n), 0) from (
        select count(*) as n from enterprise where uscc is null or uscc in (select uscc from repeated)
        group by uscc, name, legal_person, citizen_id, phone, region, capital, founded, status, updated_at, address
        having count(*) > 1) as g))
from (
    select
        count(*) - count(uscc) as uscc_required,
        count(*) filter (where name is null or name in ('', '无')) as name_required,
        count(*) - count(legal_person) as person_required,
        count(*) - count(region) as region_required,
        sum({uscc}) filter (where uscc is not null) as uscc_faults,
        count(*) filter (where octet_length(phone) <> 11 or phone < '13' or phone >= '2'
            or ltrim(phone, '0123456789') <> '') as phone_match,
        sum({citizen}) filter (where citizen_id is not null) as citizen_checksum,
        count(*) filter (where region not in (select code from region_code)) as region_code,
        count(*) filter (where capital not between 0 and 1000000000000) as capital_range,
        count(*) filter (where founded not between date '1949-10-01' and date '2026-07-01') as founded_range,
        count(*) filter (where status not in ('存续', '注销', '吊销')) as status_one_of,
        count(*) filter (where name not in ('', '无') and length(name) not between 2 and 40) as name_length,
        (max(updated_at) filter (where updated_at <= timestamptz '2026-07-01 00:00+08')
            < timestamptz '2026-06-24 00:00+08')::integer as fresh,
        count(*) filter (where status = '存续' and phone is null) as live_has_phone
    from {records}) as r;"""


def statement(is_parallel):
    """OFFSET 0 keeps what stands before it from being computed more than once. It also keeps the server from sharing out the records, so
    that the parallel statement has it beside each record, which costs an eighth more."""
    if is_parallel:
        def within(column, expression, verdict):
            return f"""(select {verdict('s')} from (select {of_bytes(expression, 'b')} as s from (
                select convert_to({column}, 'UTF8') as b offset 0) as b offset 0) as v)"""
        return STATEMENT.format(two=TWO, records="enterprise", uscc=within("uscc", uscc_sum(), uscc_verdict),
                                citizen=within("citizen_id", citizen_sum(), citizen_verdict))
    records = f"""(
        select *, {of_bytes(uscc_sum(), 'uscc_bytes')} as uscc_sum, {of_bytes(citizen_sum(), 'citizen_bytes')} as citizen_sum from (
            select *, convert_to(uscc, 'UTF8') as uscc_bytes, convert_to(citizen_id, 'UTF8') as citizen_bytes
            from enterprise offset 0) as b offset 0) as e"""
    return STATEMENT.format(two=TWO, records=records, uscc=uscc_verdict("uscc_sum"), citizen=citizen_verdict("citizen_sum"))


if __name__ == "__main__":
    print(statement(is_parallel=False))
