-- What weather.yaml should find, by hand. verdict(ok): true pass, false fail, null skipped.
create view w as
select "No" as no, year, month, day, hour, make_timestamp(year, month, day, hour, 0, 0) as at,
       case when "pm2.5" <> 'NA' then "pm2.5"::int end as pm, "DEWP" as dewp,
       case when "TEMP" ~ '^-?[0-9]+$' then "TEMP"::int end as temp, "TEMP" !~ '^-?[0-9]+$' as temp_bad,
       "PRES"::numeric as pres, cbwd, "Iws" as iws, "Is" as snow, "Ir" as rain
from weather;

-- rule weather.No.type
select no, 'pass' from w
-- rule weather.No.required
select no, verdict(no is not null) from w
-- rule weather.No.unique
select no, verdict(count(*) over (partition by no) = 1) from w
-- rule weather.No.min
select no, verdict(no >= 1) from w
-- rule weather.No.max
select no, verdict(no <= 43824) from w
-- rule weather.year.type
select no, 'pass' from w
-- rule weather.year.required
select no, verdict(year is not null) from w
-- rule weather.year.min
select no, verdict(year >= 2010) from w
-- rule weather.year.max
select no, verdict(year <= 2014) from w
-- rule weather.month.type
select no, 'pass' from w
-- rule weather.month.one_of
select no, verdict(month between 1 and 12) from w
-- rule weather.day.type
select no, 'pass' from w
-- rule weather.day.min
select no, verdict(day >= 1) from w
-- rule weather.day.max
select no, verdict(day <= 31) from w
-- rule weather.hour.type
select no, 'pass' from w
-- rule weather.hour.min
select no, verdict(hour >= 0) from w
-- rule weather.hour.exclusive_max
select no, verdict(hour < 24) from w
-- rule weather.pm25.type
select no, verdict(pm = pm) from w
-- rule weather.pm25.required
select "No", verdict("pm2.5" <> 'NA') from weather
-- rule weather.pm25.min
select no, verdict(pm >= 1) from w
-- rule weather.pm25.max
select no, verdict(pm <= 500) from w
-- rule weather.DEWP.type
select no, 'pass' from w
-- rule weather.DEWP.required
select no, verdict(dewp is not null) from w
-- rule weather.DEWP.min
select no, verdict(dewp >= -35) from w
-- rule weather.DEWP.max
select no, verdict(dewp <= 27) from w
-- rule weather.TEMP.type
select no, verdict(not temp_bad) from w
-- rule weather.TEMP.required
select no, 'pass' from w
-- rule weather.TEMP.min
select no, case when temp_bad then 'unreadable' else verdict(temp >= -17) end from w
-- rule weather.TEMP.max
select no, case when temp_bad then 'unreadable' else verdict(temp <= 39) end from w
-- rule weather.PRES.type
select no, 'pass' from w
-- rule weather.PRES.required
select no, verdict(pres is not null) from w
-- rule weather.PRES.min
select no, verdict(pres >= 995) from w
-- rule weather.PRES.exclusive_max
select no, verdict(pres < 1045) from w
-- rule weather.PRES.scale
select no, verdict(pres = trunc(pres)) from w
-- rule weather.cbwd.required
select no, verdict(cbwd is not null) from w
-- rule weather.cbwd.one_of
select no, verdict(cbwd in ('NW', 'NE', 'SE', 'cv')) from w
-- rule weather.cbwd.match
select no, verdict(cbwd ~ '^([A-Z]{2}|cv)$') from w
-- rule weather.cbwd.length
select no, verdict(char_length(cbwd) = 2) from w
-- rule weather.Iws.type
select no, 'pass' from w
-- rule weather.Iws.min
select no, verdict(iws >= 0) from w
-- rule weather.Iws.max
select no, verdict(iws <= 500) from w
-- rule weather.Iws.exclusive_min
select no, verdict(iws > 0.45) from w
-- rule weather.Iws.scale
select no, verdict(iws = round(iws, 2)) from w
-- rule weather.Is.type
select no, 'pass' from w
-- rule weather.Is.min
select no, verdict(snow >= 0) from w
-- rule weather.Is.max
select no, verdict(snow <= 24) from w
-- rule weather.Ir.type
select no, 'pass' from w
-- rule weather.Ir.min
select no, verdict(rain >= 0) from w
-- rule weather.Ir.max
select no, verdict(rain <= 24) from w
-- rule weather.Ir.not_in
select no, verdict(rain not in (35, 36)) from w
-- rule weather.dew-below-air
select no, case when temp_bad then 'unreadable' else verdict(dewp <= temp) end from w
-- rule weather.dew-then-air
select no, case when temp_bad then 'unreadable' else verdict(dewp <= temp) end from w
-- rule weather.dew-well-below-air
select no, case when temp_bad then 'unreadable' else verdict(dewp < temp) end from w
-- rule weather.snow-when-cold
select no, case when not snow > 0 then 'excluded' when temp_bad then 'unreadable' else verdict(temp <= 1) end from w
-- rule weather.rain-when-warm
select no, case when not rain > 0 then 'excluded' when temp_bad then 'unreadable'
                else verdict(coalesce(temp > 0 and pm < 400, false)) end from w
-- rule weather.clean-in-strong-wind
select no, case when iws < 100 then 'excluded' else verdict(pm <= 150) end from w
-- rule weather.wind-known
select no, verdict(cbwd <> 'cv') from w
-- rule weather.hour-once
select no, verdict(count(*) over (partition by year, month, day, hour) = 1) from w
-- rule weather.reading-twice
-- counted are those that would have to go, found are all
select no, case when temp_bad then 'unreadable' when pm is null then 'skipped'
                when count(*) over same = 1 then 'pass' when row_number() over same = 1 then 'found' else 'fail' end
from w window same as (partition by temp_bad, pm, dewp, temp, pres order by no rows between unbounded preceding and unbounded following)
-- rule weather.same-sky
select no, case when temp_bad then 'unreadable'
                else verdict(count(*) over (partition by temp_bad, pm, dewp, temp, pres, cbwd, iws) = 1) end from w
-- rule weather.numbered
select no, verdict(coalesce(no - lag(no) over (order by no) = 1, true)) from w
-- rule weather.each-hour
select no, verdict(coalesce(hour - lag(hour) over (partition by year, month, day order by hour) = 1, true)) from w
-- rule weather.rain-and-snow
select no, verdict(num_nulls(snow, rain) in (0, 2)) from w
-- rule weather.wind-of-the-day
select no, verdict(cbwd = usual and alone) from w join (
    select year, month, day, (array_agg(cbwd order by n desc))[1] as usual,
           count(*) filter (where n = most) = 1 as alone
    from (select year, month, day, cbwd, count(*) as n, max(count(*)) over (partition by year, month, day) as most
          from w group by year, month, day, cbwd) c
    group by year, month, day) d using (year, month, day)
-- rule weather.five-years
select null, verdict(count(*) = 43824) from w
-- rule weather.monthly-mean
select null, verdict(avg(pm) <= 100) from w group by year, month
-- rule weather.monthly-median
select null, verdict(percentile_disc(0.5) within group (order by pm) <= 75) from w group by year, month
-- rule weather.monthly-spread
select null, verdict(stddev_samp(pm) <= 80) from w group by year, month
-- rule weather.yearly-hours
select null, verdict(count(*) = 8760) from w group by year
-- rule weather.readings-missing
select null, verdict(count(*) filter (where pm is null) <= 0.04 * count(*)) from w
-- rule weather.yearly-missing
select null, verdict(count(*) filter (where pm is null) <= 0.07 * count(*)) from w group by year

-- rule hours.at.type
select at, 'pass' from w
-- rule hours.at.required
select at, verdict(at is not null) from w
-- rule hours.at.unique
select at, verdict(count(*) over (partition by at) = 1) from w
-- rule hours.at.min
select at, verdict(at >= '2010-01-01') from w
-- rule hours.at.max
select at, verdict(at <= '2014-12-31 23:00') from w
-- rule hours.temp.type
select at, verdict(not temp_bad) from w
-- rule hours.hourly
select at, verdict(coalesce(at - lag(at) over (order by at) = '1 hour', true)) from w
-- rule hours.night-cool
select at, case when at < '2014-01-01' then 'excluded' when temp_bad then 'unreadable' else verdict(temp < 30) end from w
-- rule hours.fresh
select null, verdict(max(at) >= timestamp '2015-01-01' - interval '1 hour') from w
-- rule hours.fresher
select null, verdict(max(at) >= timestamp '2015-01-01' - interval '59 minutes') from w
-- rule hours.columns
-- of the three columns temp is text
select null, verdict(c <> 'temp') from unnest(array['at', 'temp', 'cbwd']) c

-- rule readings.at.type
select at, 'pass' from w where pm is not null
-- rule readings.at.required
select at, 'pass' from w where pm is not null
-- rule readings.at.unique
select at, verdict(count(*) over (partition by at) = 1) from w where pm is not null
-- rule readings.year.type
select at, 'pass' from w where pm is not null
-- rule readings.pm25.type
select at, 'pass' from w where pm is not null
-- rule readings.pm25.min
select at, verdict(pm >= 5) from w where pm is not null
-- rule readings.until.type
select at, 'pass' from w where pm is not null
-- rule readings.no-gap
select at, verdict(coalesce(at - lag(at) over (order by at) = '1 hour', true)) from w where pm is not null
-- rule readings.no-gap-in-year
select at, verdict(coalesce(at - lag(at) over (partition by year order by at) = '1 hour', true)) from w where pm is not null
-- rule readings.one-at-a-time
-- a reading of 100 is said to last until the next full hour, and meets the reading of that hour if there is one
select at, verdict(not (pm = 100 and exists (select from w x where x.pm is not null and x.at = w.at + interval '1 hour')
                        or exists (select from w x where x.pm = 100 and x.at = w.at - interval '1 hour')))
from w where pm is not null
