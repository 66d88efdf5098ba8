-- What airports.yaml should find, by hand. iata is char(3): its own equality would overlook blanks.
create view a as select *, iata::text as code from airports;

-- rule airports.id.type
select id, 'pass' from a
-- rule airports.id.required
select id, 'pass' from a
-- rule airports.id.unique
select id, verdict(count(*) over (partition by id) = 1) from a
-- rule airports.id.exclusive_min
select id, verdict(id > 0) from a
-- rule airports.name.required
select id, verdict(name is not null) from a
-- rule airports.name.unique
select id, verdict(count(*) over (partition by name collate "C") = 1) from a
-- rule airports.name.length
select id, verdict(char_length(name) <= 30) from a
-- rule airports.name.not_match
select id, verdict(strpos(name, 'Air Base') = 0) from a
-- rule airports.name.personal
select id, verdict(name !~ '[0-9]{11}') from a
-- rule airports.name.charset
select id, verdict(name !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u3000\ue000-\uf8ff\ufeff\uff01-\uff5e\ufffd]') from a
-- rule airports.name.normalize
select id, verdict(name = regexp_replace(name, '^\s+|\s+$', '', 'g')) from a
-- rule airports.city.required
select id, verdict(city is not null) from a
-- rule airports.city.charset
select id, verdict(city !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u3000\ue000-\uf8ff\ufeff\uff01-\uff5e\ufffd]') from a
-- rule airports.city.normalize
select id, verdict(city = regexp_replace(city, '^\s+|\s+$', '', 'g')) from a
-- rule airports.country.one_of
select id, verdict(country in ('China', 'Hong Kong', 'Macau')) from a
-- rule airports.iata.required
select id, verdict(code is not null) from a
-- rule airports.iata.match
select id, verdict(code ~ '^[A-Z]{3}$') from a
-- rule airports.iata.unique
select id, verdict(code is not null and count(*) over (partition by code) = 1) from a
-- rule airports.icao.required
select id, verdict(icao is not null) from a
-- rule airports.icao.match
select id, verdict(icao ~ '^(Z[A-Z]|VH|VM|RC)[A-Z]{2}$') from a
-- rule airports.icao.length
select id, verdict(length(icao) = 4) from a
-- rule airports.icao.unique
select id, verdict(count(*) over (partition by icao) = 1) from a
-- rule airports.latitude.type
select id, 'pass' from a
-- rule airports.latitude.required
select id, 'pass' from a
-- rule airports.latitude.min
select id, verdict(latitude >= 18) from a
-- rule airports.latitude.max
select id, verdict(latitude <= 54) from a
-- rule airports.latitude.scale
select id, verdict(latitude = round(latitude, 12)) from a
-- rule airports.longitude.type
select id, 'pass' from a
-- rule airports.longitude.required
select id, 'pass' from a
-- rule airports.longitude.min
select id, verdict(longitude >= 73) from a
-- rule airports.longitude.max
select id, verdict(longitude <= 135) from a
-- rule airports.altitude.type
select id, 'pass' from a
-- rule airports.altitude.min
select id, verdict(altitude >= 1) from a
-- rule airports.altitude.max
select id, verdict(altitude <= 10000) from a
-- rule airports.utc_offset.type
select id, verdict(utc_offset = utc_offset) from a
-- rule airports.utc_offset.one_of
select id, verdict(utc_offset = 8) from a
-- rule airports.dst.one_of
select id, verdict(dst = 'N') from a
-- rule airports.tz.required
select id, verdict(tz is not null) from a
-- rule airports.tz.match
select id, verdict(tz like 'Asia/%') from a
-- rule airports.type.one_of
select id, verdict(type = 'airport') from a
-- rule airports.source.not_in
select id, verdict(source <> 'OurAirports') from a
-- rule airports.clock
select id, verdict(num_nulls(utc_offset, dst, tz) in (0, 3)) from a
-- rule airports.clock-known
select id, verdict((utc_offset is null) = (dst is null)) from a
-- rule airports.zone-of-country
select id, verdict(tz = usual and alone) from a left join (
    select country, (array_agg(tz order by n desc))[1] as usual, count(*) filter (where n = most) = 1 as alone
    from (select country, tz, count(*) as n, max(count(*)) over (partition by country) as most
          from a where tz is not null group by country, tz) c group by country) z using (country)
-- rule airports.one-of-its-kind
select id, verdict(count(*) over (partition by name, city, country) = 1) from a
-- rule airports.place
select id, verdict(count(*) over (partition by latitude, longitude) = 1) from a
-- rule airports.in-china
select id, verdict(longitude between 73.5 and 135.1 and latitude between 3.8 and 53.6) from a
-- rule airports.in-sichuan
select id, verdict(longitude between 97.3 and 108.6 and latitude between 26 and 34.4) from a
-- rule airports.high-in-the-west
select id, case when altitude > 5000 then verdict(longitude < 105) else 'excluded' end from a
-- rule airports.capital-z
select id, verdict(left(icao, 1) = 'Z' or country <> 'China') from a
-- rule airports.mean-height
select null, verdict(sum(altitude) <= 1000 * count(altitude)) from a group by country
-- rule airports.codes
select null, verdict(count(distinct code) = 258) from a
