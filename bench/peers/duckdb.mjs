// R as one statement of DuckDB.
//   duckdb.mjs load CSV DATABASE                  copy the file into a database
//   duckdb.mjs csv|native FILE CODES THREADS      prints {seconds, counts}
import { DuckDBInstance } from '@duckdb/node-api';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const csv = (file) => `read_csv('${file}', header = true, quote = '"', columns = {id: 'VARCHAR', uscc: 'VARCHAR',
  name: 'VARCHAR', legal_person: 'VARCHAR', citizen_id: 'VARCHAR', phone: 'VARCHAR', region: 'VARCHAR',
  capital: 'DECIMAL(18,2)', founded: 'DATE', status: 'VARCHAR', updated_at: 'TIMESTAMPTZ', address: 'VARCHAR'})`;

const usccSum = Array.from({ length: 18 }, (_, i) => [i + 1, i < 17 ? 3 ** i % 31 : 1])
  .map(([place, weight]) => `(strpos('${ALPHABET}', uscc[${place}]) - 1) * ${weight}`).join(' + ');
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
const citizenSum = weights.map((weight, i) => `(strpos('0123456789X', citizen_id[${i + 1}]) - 1) * ${weight}`).join(' + ');

// Whole records are compared only where their credit code is not unique.
const statement = (source, materialized) => `
with e as ${materialized} (select * from ${source}),
repeated as materialized (
    select uscc, count(*) as n from e where uscc is not null group by uscc having count(*) > 1),
r as (select
    count(*) - count(uscc) as "uscc.required",
    count(*) filter (name is null or name in ('', '无')) as "name.required",
    count(*) - count(legal_person) as "legal_person.required",
    count(*) - count(region) as "region.required",
    count(*) filter (not regexp_full_match(uscc, '[0-9A-HJ-NPQRTUWXY]{18}')) as "uscc.match",
    count(*) filter (not regexp_full_match(phone, '1[3-9][0-9]{9}')) as "phone.match",
    count(*) filter (not regexp_full_match(uscc, '[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}')
        or (${usccSum}) % 31 <> 0) as "uscc.checksum",
    count(*) filter (not regexp_full_match(citizen_id, '[0-9]{17}[0-9X]') or (${citizenSum}) % 11 <> 1)
        as "citizen_id.checksum",
    count(*) filter (region not in (select code from region_code)) as "region.code",
    count(*) filter (capital not between 0 and 1000000000000) as "capital.range",
    count(*) filter (founded not between date '1949-10-01' and date '2026-07-01') as "founded.range",
    count(*) filter (status not in ('存续', '注销', '吊销')) as "status.one_of",
    count(*) filter (name not in ('', '无') and length(name) not between 2 and 40) as "name.length",
    (max(updated_at) filter (updated_at <= timestamptz '2026-07-01 00:00:00+08')
        < timestamptz '2026-06-24 00:00:00+08')::integer as "fresh",
    count(*) filter (status = '存续' and phone is null) as "live-has-phone"
    from e)
select to_json(r)::varchar, (select coalesce(sum(n), 0) from repeated)::bigint::varchar,
    (select coalesce(sum(n), 0) from (
        select count(*) as n from e where uscc is null or uscc in (select uscc from repeated)
        group by uscc, name, legal_person, citizen_id, phone, region, capital, founded, status, updated_at, address
        having count(*) > 1))::bigint::varchar
from r`;

const [mode, file, other, threads] = process.argv.slice(2);
const database = mode === 'load' ? other : mode === 'native' ? file : ':memory:';
const instance = await DuckDBInstance.create(database, threads ? { threads } : {});
const connection = await instance.connect();
if (mode === 'load') {
  await connection.run(`create table enterprise as select * from ${csv(file)}`);
} else {
  await connection.run(`create temp table region_code as select code from read_csv('${other}', header = true, all_varchar = true)`);
  const begin = process.hrtime.bigint();
  const sql = mode === 'csv' ? statement(csv(file), 'materialized') : statement('enterprise', 'not materialized');
  const [[counts, unique, whole]] = (await connection.runAndReadAll(sql)).getRows();
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(JSON.stringify({ seconds, counts: { ...JSON.parse(counts), 'uscc.unique': +unique, 'whole-record': +whole } }));
}
connection.closeSync();
