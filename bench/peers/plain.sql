-- R as one statement with helper functions. A value that is missing (NULL, a name 无) breaks no rule but `required`.
select json_build_object(
    'uscc.required', r.uscc_required, 'name.required', r.name_required, 'legal_person.required', r.person_required,
    'region.required', r.region_required,
    'uscc.unique', (select coalesce(sum(n), 0) from (
        select count(*) as n from enterprise where uscc is not null group by uscc having count(*) > 1) as g),
    'uscc.match', r.uscc_match, 'phone.match', r.phone_match, 'uscc.checksum', r.uscc_checksum,
    'citizen_id.checksum', r.citizen_checksum, 'region.code', r.region_code, 'capital.range', r.capital_range,
    'founded.range', r.founded_range, 'status.one_of', r.status_one_of, 'name.length', r.name_length, 'fresh', r.fresh,
    'live-has-phone', r.live_has_phone,
    'whole-record', (select coalesce(sum(n), 0) from (
        select count(*) as n from enterprise
        group by uscc, name, legal_person, citizen_id, phone, region, capital, founded, status, updated_at, address
        having count(*) > 1) as g))
from (
    select
        count(*) filter (where uscc is null) as uscc_required,
        count(*) filter (where name is null or name in ('', '无')) as name_required,
        count(*) filter (where legal_person is null) as person_required,
        count(*) filter (where region is null) as region_required,
        count(*) filter (where uscc !~ '^[0-9A-HJ-NPQRTUWXY]{18}$') as uscc_match,
        count(*) filter (where phone !~ '^1[3-9][0-9]{9}$') as phone_match,
        count(*) filter (where not uscc_is_right(uscc)) as uscc_checksum,
        count(*) filter (where not citizen_id_is_right(citizen_id)) as citizen_checksum,
        count(*) filter (where region not in (select code from region_code)) as region_code,
        count(*) filter (where capital not between 0 and 1000000000000) as capital_range,
        count(*) filter (where founded not between date '1949-10-01' and date '2026-07-01') as founded_range,
        count(*) filter (where status not in ('存续', '注销', '吊销')) as status_one_of,
        count(*) filter (where name not in ('', '无') and length(name) not between 2 and 40) as name_length,
        (max(updated_at) filter (where updated_at <= timestamptz '2026-07-01 00:00+08')
            < timestamptz '2026-06-24 00:00+08')::integer as fresh,
        count(*) filter (where status = '存续' and phone is null) as live_has_phone
    from enterprise) as r;
