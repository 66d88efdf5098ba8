-- The tables as their publishers meant them. The files are loaded by \copy, see real.py.
create function verdict(ok boolean) returns text language sql immutable as
    $$ select case when ok then 'pass' when not ok then 'fail' else 'skipped' end $$;
create table weather (
    "No" integer, year smallint, month smallint, day smallint, hour integer, "pm2.5" text, "DEWP" bigint, "TEMP" text,
    "PRES" text, cbwd varchar(2), "Iws" numeric, "Is" smallint, "Ir" integer
);
create table airports (
    id integer, name text, city text, country text, iata char(3), icao varchar(4), latitude numeric, longitude float8,
    altitude integer, utc_offset numeric, dst "char", tz text, type text, source text
);
create table routes (
    airline text, airline_id integer, origin text, origin_id integer, target varchar, target_id text, codeshare text,
    stops smallint, equipment text
);

-- What the packs of rules/packs read: columns of their names, null where these tables have nothing of the kind. The weather
-- is that of the capital's airport; the number of its station is from memory. Humidity and vapour pressure follow from the two
-- temperatures (Magnus). An airport stands for a station under its ICAO code, which is no station number.
create function magnus(degrees numeric) returns float8 language sql immutable as
    $$ select 6.112 * exp(17.62 * degrees::float8 / (243.12 + degrees::float8)) $$;
create view weather_observations as
select '54511' as station, make_timestamp(year, month, day, hour, 0, 0) as observed_at, longitude::numeric as longitude, latitude,
       round(altitude * 0.3048, 1) as altitude, "PRES"::numeric as prs, null::numeric as prs_sea, tem, dpt,
       round((100 * magnus(dpt) / magnus(tem))::numeric) as rhu, round(magnus(dpt)::numeric, 1) as vap, null::numeric as wind_dir,
       null::numeric as wind_speed, null::numeric as pre_1h, null::numeric as vis, null::numeric as gst, null::integer as q_prs,
       null::integer as q_tem, null::integer as q_rhu, null::integer as q_pre
from weather cross join lateral (values ("TEMP"::numeric, "DEWP"::numeric)) t(tem, dpt) join airports on icao = 'ZBAA';
create view weather_stations as
select icao::text as id, name, null::text as kind, null::text as region, longitude::numeric as longitude, latitude,
       round(altitude * 0.3048, 1) as altitude, null::date as established, null::date as closed
from airports;
-- Flights stand for scheduled routes, each line of the file one way; the distance is that of the great circle.
create view transport_routes as
select concat_ws('-', r.airline, r.origin, r.target) as id, concat_ws('-', r.origin, r.target) as line, '上行' as direction,
       null::text as operator, r.origin, null::text as origin_region, o.longitude::numeric as origin_lon, o.latitude as origin_lat,
       r.target::text as target, null::text as target_region, t.longitude::numeric as target_lon, t.latitude as target_lat,
       round((2 * 6371 * asin(sqrt(sind((o.latitude - t.latitude)::float8 / 2) ^ 2 + cosd(o.latitude::float8)
           * cosd(t.latitude::float8) * sind((o.longitude - t.longitude) / 2) ^ 2)))::numeric, 1) as distance,
       null::date as valid_from, null::date as valid_to, null::timestamp as updated_at
from routes r left join airports o on o.id = r.origin_id left join airports t on t.id::text = r.target_id;
