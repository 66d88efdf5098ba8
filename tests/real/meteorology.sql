-- What the meteorology pack should find over the views of tables.sql, by hand.
create view o as select concat_ws('|', station, observed_at) as key, * from weather_observations;

-- rule stations.id.required
select id, verdict(id is not null) from weather_stations
-- rule stations.id.personal
select id, verdict(id !~ '[0-9]{11}') from weather_stations
-- rule stations.id.unique
select id, verdict(count(*) over (partition by id) = 1) from weather_stations
-- rule stations.id.match
select id, verdict(id ~ '^(5[0-9]{4}|[A-Z][0-9]{4})$') from weather_stations
-- rule stations.id.normalize
select id, verdict(id = upper(btrim(id)) and id ~ '^[!-~]*$') from weather_stations
-- rule stations.name.required
select id, verdict(name is not null) from weather_stations
-- rule stations.name.personal
select id, verdict(name !~ '[0-9]{11}') from weather_stations
-- rule stations.name.length
select id, verdict(char_length(name) between 2 and 30) from weather_stations
-- rule stations.kind.required
select id, verdict(kind is not null) from weather_stations
-- rule stations.kind.personal
select id, verdict(kind !~ '[0-9]{11}') from weather_stations
-- rule stations.kind.one_of
select id, verdict(kind in ('国家站', '区域站')) from weather_stations
-- rule stations.region.required
select id, verdict(region is not null) from weather_stations
-- rule stations.region.personal
select id, verdict(region !~ '[0-9]{11}') from weather_stations
-- rule stations.region.code
select id, verdict(region <> region) from weather_stations
-- rule stations.region.normalize
select id, verdict(region = btrim(region)) from weather_stations
-- rule stations.longitude.type
select id, verdict(longitude = longitude) from weather_stations
-- rule stations.longitude.required
select id, verdict(longitude is not null) from weather_stations
-- rule stations.latitude.type
select id, verdict(latitude = latitude) from weather_stations
-- rule stations.latitude.required
select id, verdict(latitude is not null) from weather_stations
-- rule stations.altitude.type
select id, verdict(altitude = altitude) from weather_stations
-- rule stations.altitude.required
select id, verdict(altitude is not null) from weather_stations
-- rule stations.altitude.min
select id, verdict(altitude >= -160) from weather_stations
-- rule stations.altitude.max
select id, verdict(altitude <= 8850) from weather_stations
-- rule stations.established.type
select id, verdict(established = established) from weather_stations
-- rule stations.established.max
select id, verdict(established <= date '2015-01-01') from weather_stations
-- rule stations.closed.type
select id, verdict(closed = closed) from weather_stations
-- rule stations.place
select id, verdict(longitude between 73.5 and 135.1 and latitude between 3.8 and 53.6) from weather_stations
-- rule stations.one-at-a-place
select id, verdict(count(*) over (partition by longitude, latitude) = 1) from weather_stations
-- rule stations.life
select id, verdict(established <= closed) from weather_stations
-- rule stations.kind-of-id
select id, verdict((kind = '国家站') = (id like '5%')) from weather_stations
-- rule stations.sharing
select null, 'pass' from (values ('share'), ('open')) s
-- rule stations.opening
select null, 'pass' from information_schema.columns where table_name = 'weather_stations'

-- rule observations.station.required
select key, verdict(station is not null) from o
-- rule observations.station.personal
select key, verdict(station !~ '[0-9]{11}') from o
-- rule observations.station.match
select key, verdict(station ~ '^(5[0-9]{4}|[A-Z][0-9]{4})$') from o
-- rule observations.station.normalize
select key, verdict(station = upper(btrim(station)) and station ~ '^[!-~]*$') from o
-- rule observations.observed_at.type
select key, verdict(observed_at = observed_at) from o
-- rule observations.observed_at.required
select key, verdict(observed_at is not null) from o
-- rule observations.observed_at.max
select key, verdict(observed_at <= timestamp '2015-01-01 00:00:00') from o
-- rule observations.longitude.type
select key, verdict(longitude = longitude) from o
-- rule observations.longitude.required
select key, verdict(longitude is not null) from o
-- rule observations.latitude.type
select key, verdict(latitude = latitude) from o
-- rule observations.latitude.required
select key, verdict(latitude is not null) from o
-- rule observations.altitude.type
select key, verdict(altitude = altitude) from o
-- rule observations.altitude.required
select key, verdict(altitude is not null) from o
-- rule observations.altitude.min
select key, verdict(altitude >= -160) from o
-- rule observations.altitude.max
select key, verdict(altitude <= 8850) from o
-- rule observations.prs.type
select key, verdict(prs = prs) from o
-- rule observations.prs.required
select key, verdict(prs is not null) from o
-- rule observations.prs.special
select key, verdict(prs < 997000) from o
-- rule observations.prs_sea.type
select key, verdict(prs_sea = prs_sea) from o
-- rule observations.prs_sea.required
select key, verdict(prs_sea is not null) from o
-- rule observations.prs_sea.special
select key, verdict(prs_sea < 997000) from o
-- rule observations.tem.type
select key, verdict(tem = tem) from o
-- rule observations.tem.required
select key, verdict(tem is not null) from o
-- rule observations.tem.special
select key, verdict(tem < 997000) from o
-- rule observations.dpt.type
select key, verdict(dpt = dpt) from o
-- rule observations.dpt.required
select key, verdict(dpt is not null) from o
-- rule observations.dpt.special
select key, verdict(dpt < 997000) from o
-- rule observations.rhu.type
select key, verdict(rhu = rhu) from o
-- rule observations.rhu.required
select key, verdict(rhu is not null) from o
-- rule observations.rhu.special
select key, verdict(rhu < 997000) from o
-- rule observations.vap.type
select key, verdict(vap = vap) from o
-- rule observations.vap.required
select key, verdict(vap is not null) from o
-- rule observations.vap.special
select key, verdict(vap < 997000) from o
-- rule observations.wind_dir.type
select key, verdict(wind_dir = wind_dir) from o
-- rule observations.wind_dir.required
select key, verdict(wind_dir is not null) from o
-- rule observations.wind_dir.special
select key, verdict(wind_dir < 997000) from o
-- rule observations.wind_speed.type
select key, verdict(wind_speed = wind_speed) from o
-- rule observations.wind_speed.required
select key, verdict(wind_speed is not null) from o
-- rule observations.wind_speed.special
select key, verdict(wind_speed < 997000) from o
-- rule observations.pre_1h.type
select key, verdict(pre_1h = pre_1h) from o
-- rule observations.pre_1h.required
select key, verdict(pre_1h is not null) from o
-- rule observations.pre_1h.special
select key, case when pre_1h <> 999990 then verdict(pre_1h < 997000) else 'excluded' end from o
-- rule observations.vis.type
select key, verdict(vis = vis) from o
-- rule observations.vis.required
select key, verdict(vis is not null) from o
-- rule observations.vis.special
select key, verdict(vis < 997000) from o
-- rule observations.gst.type
select key, verdict(gst = gst) from o
-- rule observations.gst.required
select key, verdict(gst is not null) from o
-- rule observations.gst.special
select key, verdict(gst < 997000) from o
-- rule observations.q_prs.type
select key, verdict(q_prs = q_prs) from o
-- rule observations.q_prs.one_of
select key, verdict(q_prs in (0, 1, 2, 8, 9)) from o
-- rule observations.q_tem.type
select key, verdict(q_tem = q_tem) from o
-- rule observations.q_tem.one_of
select key, verdict(q_tem in (0, 1, 2, 8, 9)) from o
-- rule observations.q_rhu.type
select key, verdict(q_rhu = q_rhu) from o
-- rule observations.q_rhu.one_of
select key, verdict(q_rhu in (0, 1, 2, 8, 9)) from o
-- rule observations.q_pre.type
select key, verdict(q_pre = q_pre) from o
-- rule observations.q_pre.one_of
select key, verdict(q_pre in (0, 1, 2, 8, 9)) from o
-- rule observations.pressure-by-altitude
-- the airport lies at 35 m
select key, case when prs < 997000 then verdict(altitude >= 0 and altitude < 50 and prs >= 945 and prs <= 1075)
                else 'excluded' end from o
-- rule observations.temperature-by-season
select key, case when tem < 997000 then verdict(abs(tem + 7.5) <= 47.5 and extract(month from observed_at) not between 3 and 9
       or abs(tem + 2.5) <= 47.5 and extract(month from observed_at) in (3, 4)
       or abs(tem - 23) <= 42 and extract(month from observed_at) between 5 and 9) else 'excluded' end from o
-- rule observations.dew-point-limit
select key, case when dpt < 997000 then verdict(dpt < 45) else 'excluded' end from o
-- rule observations.humidity-limit
select key, case when rhu < 997000 then verdict(rhu >= -2 and rhu <= 110) else 'excluded' end from o
-- rule observations.humidity-percent
select key, case when rhu < 997000 then verdict(rhu >= 0 and rhu <= 100) else 'excluded' end from o
-- rule observations.vapour-limit
select key, case when vap < 997000 then verdict(vap >= 4 and vap <= 70) else 'excluded' end from o
-- rule observations.direction-limit
select key, case when wind_dir < 997000 then verdict(wind_dir >= 0) else 'excluded' end from o
-- rule observations.speed-limit
select key, case when wind_speed < 997000 then verdict(wind_speed >= 0) else 'excluded' end from o
-- rule observations.precipitation-by-place
select key, case when pre_1h < 997000 then verdict(pre_1h >= 0) else 'excluded' end from o
-- rule observations.visibility-limit
select key, case when vis < 997000 then verdict(vis >= 0) else 'excluded' end from o
-- rule observations.ground-limit
select key, case when gst < 997000 then verdict(gst >= 0) else 'excluded' end from o
-- rule observations.dew-below-air
select key, case when dpt < 997000 and tem < 997000 then verdict(dpt <= tem) else 'excluded' end from o
-- rule observations.pressure-of-sea
select key, case when prs < 997000 and prs_sea < 997000 then verdict(prs_sea >= prs) else 'excluded' end from o
-- rule observations.calm
select key, case when wind_dir < 997000 and wind_speed < 997000 then verdict((wind_dir = 0) = (wind_speed <= 0.2)) else 'excluded' end from o
-- rule observations.pressure-flag
select key, verdict((q_prs = 8) = (prs is null)) from o
-- rule observations.temperature-flag
select key, verdict((q_tem = 8) = (tem is null)) from o
-- rule observations.humidity-flag
select key, verdict((q_rhu = 8) = (rhu is null)) from o
-- rule observations.precipitation-flag
select key, verdict((q_pre = 8) = (pre_1h is null)) from o
-- rule observations.place
select key, verdict(longitude between 73.5 and 135.1 and latitude between 3.8 and 53.6) from o
-- rule observations.longitude-of-station
select key, verdict(min(longitude) over s = max(longitude) over s) from o window s as (partition by station)
-- rule observations.latitude-of-station
select key, verdict(min(latitude) over s = max(latitude) over s) from o window s as (partition by station)
-- rule observations.altitude-of-station
select key, verdict(min(altitude) over s = max(altitude) over s) from o window s as (partition by station)
-- rule observations.once
select key, verdict(count(*) over (partition by station, observed_at) = 1) from o
-- rule observations.hourly
select key, verdict(coalesce(observed_at - lag(observed_at) over (partition by station order by observed_at) = '1 hour', true)) from o
-- rule observations.fresh
select null, verdict(max(observed_at) >= timestamp '2015-01-01' - interval '2 hours') from o
-- rule observations.sharing
select null, 'pass' from (values ('share'), ('open')) s
-- rule observations.opening
select null, 'pass' from information_schema.columns where table_name = 'weather_observations'
