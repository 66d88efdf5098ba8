-- What the transport pack should find in flights taken for scheduled routes, see tables.sql, by hand.
create view f as select * from transport_routes;

-- rule routes.id.required
select id, verdict(id is not null) from f
-- rule routes.id.personal
select id, verdict(id !~ '[0-9]{11}') from f
-- rule routes.id.unique
select id, verdict(count(*) over (partition by id) = 1) from f
-- rule routes.line.required
select id, verdict(line is not null) from f
-- rule routes.line.personal
select id, verdict(line !~ '[0-9]{11}') from f
-- rule routes.direction.required
select id, verdict(direction is not null) from f
-- rule routes.direction.personal
select id, verdict(direction !~ '[0-9]{11}') from f
-- rule routes.direction.one_of
select id, verdict(direction in ('上行', '下行', '环线')) from f
-- rule routes.operator.required
select id, verdict(operator is not null) from f
-- rule routes.operator.personal
select id, verdict(operator !~ '[0-9]{11}') from f
-- rule routes.operator.checksum
select id, verdict(operator <> operator) from f
-- rule routes.operator.org-code
select id, verdict(operator <> operator) from f
-- rule routes.operator.normalize
select id, verdict(operator = btrim(operator)) from f
-- rule routes.origin.required
select id, verdict(origin is not null) from f
-- rule routes.origin.personal
select id, verdict(origin !~ '[0-9]{11}') from f
-- rule routes.target.required
select id, verdict(target is not null) from f
-- rule routes.target.personal
select id, verdict(target !~ '[0-9]{11}') from f
-- rule routes.origin_region.required
select id, verdict(origin_region is not null) from f
-- rule routes.origin_region.personal
select id, verdict(origin_region !~ '[0-9]{11}') from f
-- rule routes.origin_region.code
select id, verdict(origin_region <> origin_region) from f
-- rule routes.origin_region.normalize
select id, verdict(origin_region = btrim(origin_region)) from f
-- rule routes.origin_lon.type
select id, verdict(origin_lon = origin_lon) from f
-- rule routes.origin_lat.type
select id, verdict(origin_lat = origin_lat) from f
-- rule routes.target_region.required
select id, verdict(target_region is not null) from f
-- rule routes.target_region.personal
select id, verdict(target_region !~ '[0-9]{11}') from f
-- rule routes.target_region.code
select id, verdict(target_region <> target_region) from f
-- rule routes.target_region.normalize
select id, verdict(target_region = btrim(target_region)) from f
-- rule routes.target_lon.type
select id, verdict(target_lon = target_lon) from f
-- rule routes.target_lat.type
select id, verdict(target_lat = target_lat) from f
-- rule routes.distance.type
select id, verdict(distance = distance) from f
-- rule routes.distance.required
select id, verdict(distance is not null) from f
-- rule routes.distance.exclusive_min
select id, verdict(distance > 0) from f
-- rule routes.distance.max
select id, verdict(distance <= 6000) from f
-- rule routes.valid_from.type
select id, verdict(valid_from = valid_from) from f
-- rule routes.valid_from.required
select id, verdict(valid_from is not null) from f
-- rule routes.valid_to.type
select id, verdict(valid_to = valid_to) from f
-- rule routes.valid_to.required
select id, verdict(valid_to is not null) from f
-- rule routes.updated_at.type
select id, verdict(updated_at = updated_at) from f
-- rule routes.updated_at.required
select id, verdict(updated_at is not null) from f
-- rule routes.updated_at.max
select id, verdict(updated_at <= timestamp '2015-01-01 00:00:00') from f
-- rule routes.origin-place
select id, verdict(origin_lon between 73.5 and 135.1 and origin_lat between 3.8 and 53.6) from f
-- rule routes.origin-located
select id, verdict(num_nulls(origin_lon, origin_lat) in (0, 2)) from f
-- rule routes.target-place
select id, verdict(target_lon between 73.5 and 135.1 and target_lat between 3.8 and 53.6) from f
-- rule routes.target-located
select id, verdict(num_nulls(target_lon, target_lat) in (0, 2)) from f
-- rule routes.two-ends
select id, verdict(origin <> target) from f
-- rule routes.not-shorter
select id, case when origin_lon between 73.5 and 135.1 and target_lon between 73.5 and 135.1 then
       verdict(distance >= sqrt((110.5 * (round(origin_lat, 4) - round(target_lat, 4))) ^ 2
                            + (65 * (round(origin_lon, 4) - round(target_lon, 4))) ^ 2)) else 'excluded' end
from f
-- rule routes.not-much-longer
select id, case when distance > 20 then
       verdict(distance <= 20 + 3 * sqrt((111.7 * (round(origin_lat, 4) - round(target_lat, 4))) ^ 2
                                     + (111.4 * (round(origin_lon, 4) - round(target_lon, 4))) ^ 2)) else 'excluded' end
from f
-- rule routes.validity
select id, verdict(valid_from < valid_to) from f
-- rule routes.one-at-a-time
select id, verdict(valid_from = valid_from) from f
-- rule routes.in-force
select id, verdict(valid_to >= date '2015-01-01') from f
-- rule routes.fresh
select null, verdict(coalesce(max(updated_at) >= timestamp '2015-01-01' - interval '32 days', false)) from f
-- rule routes.sharing
select null, 'pass' from (values ('share'), ('open')) s
-- rule routes.opening
select null, 'pass' from information_schema.columns where table_name = 'transport_routes'
