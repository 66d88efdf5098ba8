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
