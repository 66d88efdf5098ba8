-- What routes.yaml should find, by hand.
create view r as
select *, concat_ws('|', airline, origin, target) as key, target_id::int as tid, nullif(codeshare, '') as mark from routes;

-- rule routes.airline.required
select key, verdict(airline is not null) from r
-- rule routes.airline.match
select key, verdict(airline ~ '^[A-Z0-9]{2}$') from r
-- rule routes.airline_id.type
select key, verdict(airline_id = airline_id) from r
-- rule routes.airline_id.required
select key, verdict(airline_id is not null) from r
-- rule routes.airline_id.min
select key, verdict(airline_id >= 1) from r
-- rule routes.origin.required
select key, verdict(origin is not null) from r
-- rule routes.origin.match
select key, verdict(origin ~ '^[A-Z]{3}$') from r
-- rule routes.origin_id.type
select key, verdict(origin_id = origin_id) from r
-- rule routes.origin_id.required
select key, verdict(origin_id is not null) from r
-- rule routes.target.required
select key, verdict(target is not null) from r
-- rule routes.target.match
select key, verdict(target ~ '^[A-Z]{3}$') from r
-- rule routes.target_id.type
select key, verdict(tid = tid) from r
-- rule routes.target_id.required
select key, verdict(tid is not null) from r
-- rule routes.target_id.max
select key, verdict(tid <= 9000) from r
-- rule routes.codeshare.required
select key, verdict(codeshare <> '') from r
-- rule routes.codeshare.one_of
select key, verdict(mark = 'Y') from r
-- rule routes.stops.type
select key, 'pass' from r
-- rule routes.stops.one_of
select key, verdict(stops = 0) from r
-- rule routes.equipment.match
select key, verdict(equipment ~ '^[A-Z0-9]{3}( [A-Z0-9]{3})*$') from r
-- rule routes.equipment.length
select key, verdict(char_length(equipment) <= 31) from r
-- rule routes.equipment.not_match
select key, verdict(equipment not like '% %') from r
-- rule routes.whole-record
select key, verdict(count(*) over (partition by airline, airline_id, origin, origin_id, target, target_id, codeshare, stops, equipment) = 1) from r
-- rule routes.key-once
select key, verdict(count(*) over (partition by key) = 1) from r
-- rule routes.id-of-airline
select key, verdict(airline_id is not null and not exists (
    select from r x where x.airline = r.airline and x.airline_id <> r.airline_id)) from r
-- rule routes.code-of-airline
select key, verdict(airline_id is not null and not exists (
    select from r x where x.airline_id = r.airline_id and x.airline <> r.airline)) from r
-- rule routes.id-of-target
-- no target has two ids, see `id-of-airline`
select key, case when tid is null then 'skipped'
                 else verdict(not exists (select from r x where x.target = r.target and x.tid <> r.tid)) end from r
-- rule routes.plane-of-route
select key, verdict(equipment = usual and alone) from r left join (
    select origin, target, (array_agg(equipment order by n desc))[1] as usual, count(*) filter (where n = most) = 1 as alone
    from (select origin, target, equipment, count(*) as n, max(count(*)) over (partition by origin, target) as most
          from r group by origin, target, equipment) c
    group by origin, target) u using (origin, target)
-- rule routes.codeshare-of-airline
-- there is only one mark, so nothing can disagree: what has none fails
select key, verdict(mark is not null) from r
-- rule routes.target-known
select key, verdict((target is null) = (tid is null)) from r
-- rule routes.elsewhere
select key, verdict(origin_id <> tid) from r
-- rule routes.elsewhere-nulls-fail
select key, verdict(coalesce(origin_id <> tid, false)) from r
-- rule routes.elsewhere-nulls-pass
select key, verdict(coalesce(origin_id <> tid, true)) from r
-- rule routes.upwards
select key, verdict(origin_id <= tid) from r
-- rule routes.one-plane
select key, case when airline <> 'CA' then 'excluded'
                 else verdict(count(*) over (partition by airline = 'CA', origin, equipment) = 1) end from r
-- rule routes.many-routes
select null, verdict(count(*) >= 10) from r group by airline
-- rule routes.highest-id
select null, verdict(max(tid) <= 8000) from r group by origin
