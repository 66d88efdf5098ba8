// R in the SQL of polars, over a frame that is read once.
//   polars.mjs FILE CODES          prints {seconds, counts}; POLARS_MAX_THREADS says how many threads
// Decimals are read as floats, and moments compared as the texts they are: all of one zone.
import pl from 'nodejs-polars';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const count = (name, condition) => `sum(cast(coalesce(${condition}, false) as integer)) as "${name}"`;
const weighted = (column, alphabet, weights) => weights
  .map((weight, i) => `(cast(strpos('${alphabet}', substr(${column}, ${i + 1}, 1)) as integer) - 1) * ${weight}`).join(' + ');
const usccSum = weighted('uscc', ALPHABET, Array.from({ length: 18 }, (_, i) => (i < 17 ? 3 ** i % 31 : 1)));
const citizenSum = weighted('citizen_id', '0123456789X', [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1]);
const fields = ['uscc', 'name', 'legal_person', 'citizen_id', 'phone', 'region', 'capital', 'founded', 'status', 'updated_at', 'address'];

const records = `select ${[
  count('uscc.required', 'uscc is null'),
  count('name.required', `name is null or name in ('', '无')`),
  count('legal_person.required', 'legal_person is null'),
  count('region.required', 'region is null'),
  count('uscc.match', `not (uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$')`),
  count('phone.match', `not (phone ~ '^1[3-9][0-9]{9}$')`),
  count('uscc.checksum', `uscc is not null and (not (uscc ~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$')
    or (${usccSum}) % 31 <> 0)`),
  count('citizen_id.checksum', `citizen_id is not null and (not (citizen_id ~ '^[0-9]{17}[0-9X]$') or (${citizenSum}) % 11 <> 1)`),
  count('capital.range', 'not (capital between 0 and 1000000000000)'),
  count('founded.range', `not (founded between date '1949-10-01' and date '2026-07-01')`),
  count('status.one_of', `not (status in ('存续', '注销', '吊销'))`),
  count('name.length', `name not in ('', '无') and not (char_length(name) between 2 and 40)`),
  count('live-has-phone', `status = '存续' and phone is null`),
].join(',\n')} from e`;

const [file, codes] = process.argv.slice(2);
const text = Object.fromEntries(['id', ...fields].map((name) => [name, pl.Utf8]));
const regions = pl.readCSV(codes, { inferSchemaLength: 0 }).getColumn('code').toArray();
const begin = process.hrtime.bigint();
const e = pl.readCSV(file, { schema: { ...text, capital: pl.Float64, founded: pl.Date } });
const counts = pl.SQLContext({ e }).execute(records, { eager: true }).toRecords()[0];
const more = e.select(
  pl.col('uscc').isNotNull().and(pl.col('uscc').isDuplicated()).sum().alias('uscc.unique'),
  pl.col('region').isNotNull().and(pl.col('region').isIn(regions).not()).sum().alias('region.code'),
  pl.struct(fields.map((name) => pl.col(name))).isDuplicated().sum().alias('whole-record'),
  pl.col('updated_at').filter(pl.col('updated_at').ltEq(pl.lit('2026-07-01 00:00:00+08'))).max()
    .lt(pl.lit('2026-06-24 00:00:00+08')).cast(pl.Int32).alias('fresh'),
).toRecords()[0];
const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
console.log(JSON.stringify({ seconds, counts: { ...counts, ...more } }));
