/* COPY binary: what PostgreSQL sends, and what nobody should. Every input is decoded in steps of 1 .. all bytes, with
 * batches of 1, 3 and 64 records. */
#include "decode_kit.h"
#include "fault.h"

#define HEAD                                                                                                           \
    "PGCOPY\n\377\r\n\0"                                                                                               \
    "\0\0\0\0"                                                                                                         \
    "\0\0\0\0"
#define END "\377\377"
#define NUL "\377\377\377\377"

/* COPY (SELECT * FROM t ORDER BY b NULLS FIRST, i2) TO STDOUT (FORMAT binary) from PostgreSQL 15.16 with
 *   create table t (b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, d date, tm time, tz timetz,
 *     ts timestamp, tsz timestamptz, iv interval, u uuid, by bytea, tx text, j json, jb jsonb);
 *   set timezone = 'Asia/Shanghai';
 *   insert into t values
 *     (true, -2, 70000, 9007199254740993, 0.5, -1.25e300, 12345678901234567890.0500, '2024-02-29', '22:22:01.5',
 *      '22:22:01+08', '2024-02-29 22:22:01.123456', '2024-02-29 22:22:01+08', '1 mon -2 days 03:04:05.5',
 *      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\x00ff41', '统一社会信用代码', '{"a": 1 }', '{"b": [1, null], "a":
 * "中"}'), (false, 32767, -2147483648, -9223372036854775808, 'NaN', 'Infinity', 'NaN', 'infinity', '24:00',
 * '00:00-15:59', 'infinity', '-infinity', '-178000000 years', '00000000-0000-0000-0000-000000000000', '', '', 'null',
 * 'true'), (null, ... all null), (true, 0, 0, 0, '-0', '-Infinity', '-Infinity', '4713-01-01 BC', '00:00',
 * '12:00:00+05:30', '294276-12-31 23:59:59.999999', '1970-01-01 00:00Z', '0', 'ffffffff-ffff-ffff-ffff-ffffffffffff',
 * '\x80', 'a', '[]', '1e3'), (false, 1, 1, 1, 1e38, 4.9e-324, -0.00012300, '5874897-12-31', '23:59:59.999999',
 * '12:00:00-05:30', '4713-01-01 00:00 BC', '294276-12-31 23:59:59.999999+00', '-1 us',
 * '12345678-1234-1234-1234-123456789abc', '\x', '𠮷', '"x"', '[]'); */
static const char all_types_hex[] =
    "5047434f50590aff0d0a0000000000000000000012ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff001200000001000000000200010000"
    "000400000001000000080000000000000001000000047e9676990000000800000000000000010000000c0002ffff40000008000108fc"
    "000000047fda970c00000008000000141dd75fff0000000c0000000a0eebb00000004d5800000008fd0f7fbdaf17e000000000087fff"
    "ff5bb3b29fff00000010ffffffffffffffff00000000000000000000001012345678123412341234123456789abc0000000000000004"
    "f0a0aeb70000000322782200000003015b5d00120000000100000000027fff0000000480000000000000088000000000000000000000"
    "047fc00000000000087ff00000000000000000000800000000c0000000000000047fffffff00000008000000141dd760000000000c00"
    "000000000000000000e0c4000000087fffffffffffffff0000000880000000000000000000001000000000000000000000000080af3a"
    "0000000010000000000000000000000000000000000000000000000000000000046e756c6c0000000501747275650012000000010100"
    "000002fffe0000000400011170000000080020000000000001000000043f00000000000008fe3ddd4baa009303000000140006000400"
    "00000404d2162e23340d801ed201f400000004000022790000000800000012bf7495600000000c00000012bf6cf440ffff8f80000000"
    "080002b58b74fb3680000000080002b584c05c34400000001000000002925cf460fffffffe0000000100000010a0eebc999c0b4ef8bb"
    "6d6bb9bd380a110000000300ff4100000018e7bb9fe4b880e7a4bee4bc9ae4bfa1e794a8e4bba3e7a081000000097b2261223a203120"
    "7d0000001d017b2261223a2022e4b8ad222c202262223a205b312c206e756c6c5d7d0012000000010100000002000000000004000000"
    "00000000080000000000000000000000048000000000000008fff00000000000000000000800000000f000002000000004ffda97cd00"
    "00000800000000000000000000000c0000000a0eebb000ffffb2a8000000087fffff5bb3b29fff00000008fffca2fec4c82000000000"
    "100000000000000000000000000000000000000010ffffffffffffffffffffffffffffffff00000001800000000161000000025b5d00"
    "0000050131303030ffff";

/* COPY (VALUES (12345678901234567890123456789012345678::numeric), (123456789012345678901234567890123456789), (1e50),
 *   (-1.5e-40), (0.00000000000000000000000000000000000000000001), (1e2000), (0::numeric(1000,900)), ('Infinity'))
 *   TO STDOUT (FORMAT binary) */
static const char numerics_hex[] =
    "5047434f50590aff0d0a00000000000000000000010000001c000a000900000000000c0d801ed204d2162e23340d801ed204d2162e00"
    "010000001c000a000900000000007b11d722c509291a85007b11d722c509291a8500010000000a0001000c0000000000640001000000"
    "0c0002fff6400000290001138800010000000a0001fff50000002c000100010000000a000101f4000000000001000100000008000000"
    "000000038400010000000800000000d0000020ffff";

/* COPY (VALUES (1000000.05::numeric), (0.5), (-12345678.90), (1e15), (0.0001), (1e-20), (9999999999999999),
 *   (99999999999999999999), (100000000), (0.000), (1e30), (1.10), (-0.00001), (123456789012.3456), (7e18), (7e19),
 *   (7.0000000000000000000)) TO STDOUT (FORMAT binary), and as text */
static const char short_numerics_hex[] =
    "5047434f50590aff0d0a00000000000000000000010000000e00030001000000020064000001f400010000000a0001ffff0000000113"
    "8800010000000e000300014000000204d2162e232800010000000a000100030000000003e800010000000a0001ffff00000004000100"
    "010000000a0001fffb0000001400010001000000100004000300000000270f270f270f270f0001000000120005000400000000270f27"
    "0f270f270f270f00010000000a00010002000000000001000100000008000000000000000300010000000a0001000700000000006400"
    "010000000c0002000000000002000103e800010000000a0001fffe4000000503e8000100000010000400020000000404d2162e23340d"
    "8000010000000a000100040000000002bc00010000000a00010004000000001b5800010000000a00010000000000130007ffff";
static const char short_numerics_text[] = "1:1000000.05\n"
                                          "2:0.5\n"
                                          "3:-12345678.90\n"
                                          "4:1000000000000000\n"
                                          "5:0.0001\n"
                                          "6:0.00000000000000000001\n"
                                          "7:9999999999999999\n"
                                          "8:99999999999999999999\n"
                                          "9:100000000\n"
                                          "10:0.000\n"
                                          "11:1000000000000000000000000000000\n"
                                          "12:1.10\n"
                                          "13:-0.00001\n"
                                          "14:123456789012.3456\n"
                                          "15:7000000000000000000\n"
                                          "16:70000000000000000000\n"
                                          "17:7.0000000000000000000\n";

static const ay_type all_types[] = {AY_BOOL,     AY_INT,  AY_INT,   AY_INT,    AY_FLOAT,     AY_FLOAT,
                                    AY_DEC,      AY_DATE, AY_TIME,  AY_TIMETZ, AY_TIMESTAMP, AY_TIMESTAMPTZ,
                                    AY_INTERVAL, AY_UUID, AY_BYTES, AY_TEXT,   AY_JSON,      AY_JSONB};

/* What COPY TO STDOUT in text form says of the same table with timezone = 'UTC', except: a float4 is shown as the
 * double that it is exactly, and timestamps after 294246 are bad (they do not fit 64 bits from 1970), with their text.
 */
static const char all_types_text[] =
    "1:NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL\n"
    "2:false|1|1|1|9.999999680285692e+37|5e-324|-0.00012300|5874897-12-31|23:59:59.999999|12:00:00-05:30|"
    "4713-01-01 00:00:00 BC|<bad 294276-12-31 23:59:59.999999+00>|-00:00:00.000001|"
    "12345678-1234-1234-1234-123456789abc|\\x|𠮷|\"x\"|[]\n"
    "3:false|32767|-2147483648|-9223372036854775808|NaN|Infinity|NaN|infinity|24:00:00|00:00:00-15:59|infinity|-"
    "infinity|"
    "-178000000 years|00000000-0000-0000-0000-000000000000|\\x||null|true\n"
    "4:true|-2|70000|9007199254740993|0.5|-1.25e+300|12345678901234567890.0500|2024-02-29|22:22:01.5|22:22:01+08|"
    "2024-02-29 22:22:01.123456|2024-02-29 14:22:01+00|1 mon -2 days +03:04:05.5|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|"
    "\\x00ff41|统一社会信用代码|{\"a\": 1 }|{\"a\": \"中\", \"b\": [1, null]}\n"
    "5:true|0|0|0|-0|-Infinity|-Infinity|4713-01-01 BC|00:00:00|12:00:00+05:30|<bad 294276-12-31 23:59:59.999999>|"
    "1970-01-01 00:00:00+00|00:00:00|ffffffff-ffff-ffff-ffff-ffffffffffff|\\x80|a|[]|1000\n";

static const char numerics_text[] = "1:12345678901234567890123456789012345678\n"
                                    "2:<bad 123456789012345678901234567890123456789>\n"
                                    "3:<bad 100000000000000000000000000000000000000000000000000>\n"
                                    "4:<bad -0.00000000000000000000000000000000000000015>\n"
                                    "5:<bad 0.00000000000000000000000000000000000000000001>\n"
                                    "6:<bad 1e2000>\n"
                                    "7:0.00000000000000000000000000000000000000\n"
                                    "8:Infinity\n";

typedef struct bin_case {
    const char *label;
    const char *types; /* a letter a column, see type_of */
    const char *in;
    size_t len;
    const char *want;
    bool lenient;
    uint64_t field_bytes;
} bin_case;

#define CASE(l, columns, literal) .label = (l), .types = (columns), .in = (literal), .len = sizeof(literal) - 1

static ay_type type_of(char letter)
{
    static const char letters[] = "tbinfdTzsSIuBjJ";
    static const ay_type types[] = {AY_TEXT,     AY_BOOL, AY_INT,    AY_DEC,       AY_FLOAT,
                                    AY_DATE,     AY_TIME, AY_TIMETZ, AY_TIMESTAMP, AY_TIMESTAMPTZ,
                                    AY_INTERVAL, AY_UUID, AY_BYTES,  AY_JSON,      AY_JSONB};
    const char *at = strchr(letters, letter);
    assert_non_null(at);
    return types[at - letters];
}

static ay_decoder *open_case(const void *ctx, uint32_t cap)
{
    const bin_case *c = ctx;
    ay_type types[8];
    const size_t n = strlen(c->types);
    for (size_t i = 0; i < n; i++) types[i] = type_of(c->types[i]);
    ay_decoder *d = NULL;
    const ay_decode_limits limits = {.batch_cap = cap, .field_bytes = c->field_bytes};
    assert_int_equal(ay_copybin_open(types, (uint32_t)n, limits, &d, NULL), ASSAY_OK);
    return d;
}

static ay_decoder *open_all_types(const void *ctx, uint32_t cap)
{
    (void)ctx;
    ay_decoder *d = NULL;
    assert_int_equal(ay_copybin_open(all_types, AY_COUNT(all_types), (ay_decode_limits){.batch_cap = cap}, &d, NULL),
                     ASSAY_OK);
    return d;
}

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static ay_str unhex(const char *hex, char *to)
{
    const size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) to[i] = (char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    return (ay_str){to, n};
}

static void test_from_server(void **state)
{
    (void)state;
    static const bin_case numeric = {.types = "n"};
    char bytes[sizeof all_types_hex];
    kit_all_cuts("all types", open_all_types, NULL, false, unhex(all_types_hex, bytes), all_types_text);
    kit_all_cuts("numerics", open_case, &numeric, false, unhex(numerics_hex, bytes), numerics_text);
    kit_all_cuts("short numerics", open_case, &numeric, false, unhex(short_numerics_hex, bytes), short_numerics_text);
}

/* A server that stops anywhere: never a good end, and the record is named. */
static void test_truncated(void **state)
{
    (void)state;
    char bytes[sizeof all_types_hex];
    const ay_str all = unhex(all_types_hex, bytes);
    for (size_t len = 0; len < all.len; len++) {
        ay_decoder *d = open_all_types(NULL, 64);
        ay_buf out = {0};
        kit_decode(d, all.ptr, len, 7, &out);
        char want[80];
        (void)snprintf(want, sizeof want, len < 19 ? "inside the header" : "record %llu",
                       (unsigned long long)d->records + 1);
        ay_buf_char(&out, '\0');
        if (!strstr(out.ptr, "EFORMAT") || !strstr(out.ptr, want)) fail_msg("cut at %zu: %s", len, out.ptr);
        ay_decoder_free(d);
        ay_buf_free(&out);
    }
}

static const bin_case records[] = {
    {CASE("no records", "t", HEAD END), .want = ""},
    {CASE("no columns", "",
          HEAD "\0\0"
               "\0\0" END),
     .want = "1:\n2:\n"},
    {CASE("header extension is read over", "t",
          "PGCOPY\n\377\r\n\0"
          "\0\0\0\0"
          "\0\0\0\5"
          "abcde"
          "\0\1\0\0\0\1x" END),
     .want = "1:x\n"},
    {CASE("flags that may be ignored", "t",
          "PGCOPY\n\377\r\n\0"
          "\0\0\377\377"
          "\0\0\0\0" END),
     .want = ""},
    {CASE("null, empty, text", "ttt",
          HEAD "\0\3" NUL "\0\0\0\0"
               "\0\0\0\3abc" END),
     .want = "1:NULL||abc\n"},
    {CASE("integers by length", "iii",
          HEAD "\0\3"
               "\0\0\0\2\377\376"
               "\0\0\0\4\0\0\0\7"
               "\0\0\0\10\200\0\0\0\0\0\0\0" END),
     .want = "1:-2|7|-9223372036854775808\n"},
    {CASE("a NUL byte in bytes is data", "B",
          HEAD "\0\1"
               "\0\0\0\2\0\377" END),
     .want = "1:\\x00ff\n"},
    {CASE("a field of just the limit", "t",
          HEAD "\0\1"
               "\0\0\0\4abcd" END),
     .want = "1:abcd\n", .field_bytes = 4},
    {CASE("numeric with zero groups around", "n",
          HEAD "\0\1"
               "\0\0\0\16"
               "\0\3"
               "\0\1"
               "\0\0"
               "\0\2"
               "\0\0"
               "\0\5"
               "\0\0" END),
     .want = "1:5.00\n"},
    {CASE("numeric zero", "n",
          HEAD "\0\1"
               "\0\0\0\10"
               "\0\0"
               "\0\0"
               "\0\0"
               "\0\2" END),
     .want = "1:0.00\n"},
    {CASE("a tiny numeric", "n",
          HEAD "\0\1"
               "\0\0\0\12"
               "\0\1"
               "\360\0"
               "\100\0"
               "\77\377"
               "\0\12" END),
     .want = "1:<bad -10e-16384>\n"},
    {CASE("nulls after values leave nothing behind", "in",
          HEAD "\0\2"
               "\0\0\0\2\0\7"
               "\0\0\0\12\0\1\0\0\0\0\0\0\0\7"
               "\0\2" NUL NUL "\0\2"
               "\0\0\0\2\0\11"
               "\0\0\0\12\0\1\0\0\0\0\0\0\0\11" END),
     .want = "1:7|7\n2:NULL|NULL\n3:9|9\n"},
};

static const bin_case faults[] = {
    {CASE("nothing at all", "t", ""), .want = "EFORMAT line 0: the input ends inside the header of COPY binary\n"},
    {CASE("not COPY binary", "t", "1\tabc\n"),
     .want = "EFORMAT line 0: the input does not begin as COPY binary does\n"},
    {CASE("line ends were converted", "t", "PGCOPY\n\377\n\0\0\0\0\0\0\0\0\0\0"),
     .want = "EFORMAT line 0: the input does not begin as COPY binary does\n"},
    {CASE("OIDs", "t",
          "PGCOPY\n\377\r\n\0"
          "\0\1\0\0"
          "\0\0\0\0" END),
     .want = "EFORMAT line 0: COPY binary with OIDs is not supported\n"},
    {CASE("unknown critical flag", "t",
          "PGCOPY\n\377\r\n\0"
          "\0\2\0\0"
          "\0\0\0\0" END),
     .want = "EFORMAT line 0: COPY binary with unknown flags 00020000\n"},
    {CASE("negative extension", "t",
          "PGCOPY\n\377\r\n\0"
          "\0\0\0\0"
          "\377\377\377\376" END),
     .want = "EFORMAT line 0: COPY binary with a header extension of -2 bytes\n"},
    {CASE("ends in the extension", "t",
          "PGCOPY\n\377\r\n\0"
          "\0\0\0\0"
          "\0\0\0\5"
          "abcd"),
     .want = "EFORMAT line 0: the input ends inside the header of COPY binary\n"},
    {CASE("no trailer", "t", HEAD),
     .want = "EFORMAT line 0: the input ends without the trailer, where record 1 would begin\n"},
    {CASE("no trailer after records", "t", HEAD "\0\1\0\0\0\1x"),
     .want = "1:x\nEFORMAT line 0: the input ends without the trailer, where record 2 would begin\n"},
    {CASE("half a trailer", "t", HEAD "\377"), .want = "EFORMAT line 0: the input ends inside record 1\n"},
    {CASE("data after the trailer", "t", HEAD "\0\1\0\0\0\1x" END "\0"),
     .want = "1:x\nEFORMAT line 0: data after the trailer, behind record 1\n"},
    {CASE("too few fields", "tt", HEAD "\0\1\0\0\0\1x" END),
     .want = "EFORMAT line 0: record 1: 1 fields, expected 2\n"},
    {CASE("too many fields", "t", HEAD "\0\2\0\0\0\1x\0\0\0\1y" END),
     .want = "EFORMAT line 0: record 1: 2 fields, expected 1\n"},
    {CASE("negative count that is no trailer", "t", HEAD "\377\376"),
     .want = "EFORMAT line 0: record 1: 65534 fields, expected 1\n"},
    {CASE("negative length", "tt", HEAD "\0\2\0\0\0\1x\377\377\377\376" END),
     .want = "EFORMAT line 0: record 1: column 2: length -2\n"},
    {CASE("the most negative length", "t", HEAD "\0\1\200\0\0\0" END),
     .want = "EFORMAT line 0: record 1: column 1: length -2147483648\n"},
    {CASE("huge length", "t", HEAD "\0\1\177\377\377\377" END),
     .want = "ELIMIT line 0: record 1: column 1: 2147483647 bytes are more than the limit of 67108864\n"},
    {CASE("beyond the limit", "t", HEAD "\0\1\0\0\0\5abcde" END),
     .want = "ELIMIT line 0: record 1: column 1: 5 bytes are more than the limit of 4\n", .field_bytes = 4},
    {CASE("text that is not UTF-8", "it",
          HEAD "\0\2\0\0\0\2\0\1\0\0\0\1a"
               "\0\2\0\0\0\2\0\1\0\0\0\2\326\320" END),
     .want = "1:1|a\nEFORMAT line 0: record 2: column 2 (text): text that is not UTF-8, or holds a NUL byte\n"},
    {CASE("text with a NUL byte", "t", HEAD "\0\1\0\0\0\1\0" END),
     .want = "EFORMAT line 0: record 1: column 1 (text): text that is not UTF-8, or holds a NUL byte\n"},
    {CASE("json that is not UTF-8", "j", HEAD "\0\1\0\0\0\1\377" END),
     .want = "EFORMAT line 0: record 1: column 1 (json): text that is not UTF-8, or holds a NUL byte\n"},
    {CASE("jsonb of version 2", "J", HEAD "\0\1\0\0\0\3\2[]" END),
     .want = "EFORMAT line 0: record 1: column 1 (jsonb): an unknown version of the binary form\n"},
    {CASE("bool of 2", "b", HEAD "\0\1\0\0\0\1\2" END),
     .want = "EFORMAT line 0: record 1: column 1 (boolean): a value that PostgreSQL cannot hold\n"},
    {CASE("a day before the calendar", "d", HEAD "\0\1\0\0\0\4\200\0\0\1" END),
     .want = "EFORMAT line 0: record 1: column 1 (date): a value that PostgreSQL cannot hold\n"},
    {CASE("a time of 25 hours", "T", HEAD "\0\1\0\0\0\10\0\0\0\24\364\106\13\0" END),
     .want = "EFORMAT line 0: record 1: column 1 (time): a value that PostgreSQL cannot hold\n"},
    {CASE("a zone of 17 hours", "z", HEAD "\0\1\0\0\0\14\0\0\0\0\0\0\0\0\0\0\357\20" END),
     .want = "EFORMAT line 0: record 1: column 1 (timetz): a value that PostgreSQL cannot hold\n"},
    {CASE("the most negative zone", "z", HEAD "\0\1\0\0\0\14\0\0\0\0\0\0\0\0\200\0\0\0" END),
     .want = "EFORMAT line 0: record 1: column 1 (timetz): a value that PostgreSQL cannot hold\n"},
    {CASE("a timestamp before the calendar", "s", HEAD "\0\1\0\0\0\10\200\0\0\0\0\0\0\1" END),
     .want = "EFORMAT line 0: record 1: column 1 (timestamp): a value that PostgreSQL cannot hold\n"},
    {CASE("a numeric digit of 10000", "n", HEAD "\0\1\0\0\0\12\0\1\0\0\0\0\0\0\47\20" END),
     .want = "EFORMAT line 0: record 1: column 1 (decimal): a value that PostgreSQL cannot hold\n"},
    {CASE("a numeric of an unknown sign", "n", HEAD "\0\1\0\0\0\10\0\0\0\0\1\0\0\0" END),
     .want = "EFORMAT line 0: record 1: column 1 (decimal): a value that PostgreSQL cannot hold\n"},
    {CASE("a numeric scale of 16384", "n", HEAD "\0\1\0\0\0\10\0\0\0\0\0\0\100\0" END),
     .want = "EFORMAT line 0: record 1: column 1 (decimal): a value that PostgreSQL cannot hold\n"},
    {CASE("a numeric with fewer digits than it says", "n", HEAD "\0\1\0\0\0\12\0\2\0\0\0\0\0\0\0\1" END),
     .want = "EFORMAT line 0: record 1: column 1 (decimal): a length that the type does not have\n"},
    {CASE("digits behind the scale", "n", HEAD "\0\1\0\0\0\14\0\2\0\0\0\0\0\1\0\1\0\1" END),
     .want = "EFORMAT line 0: record 1: column 1 (decimal): a value that PostgreSQL cannot hold\n"},
};

/* The frame of a record holds, a value does not: the record is rejected and decoding goes on. */
static const bin_case lenient[] = {
    {CASE("a bad value", "ti",
          HEAD "\0\2\0\0\0\1a\0\0\0\2\0\1"
               "\0\2\0\0\0\1\377" NUL "\0\2\0\0\0\1c\0\0\0\2\0\3" END),
     .want = "1:a|1\n3:c|3\nreject 2 line 0 at 32: column 1 (text): text that is not UTF-8, or holds a NUL byte\n",
     .lenient = true},
    {CASE("digits beyond the scale are no digits", "n",
          HEAD "\0\1"
               "\0\0\0\12"
               "\0\1"
               "\377\377"
               "\0\0"
               "\0\0"
               "\0\1" END),
     .want = "reject 1 line 0 at 19: column 1 (decimal): a value that PostgreSQL cannot hold\n", .lenient = true},
    {CASE("what the rejected record set is undone", "it",
          HEAD "\0\2" NUL "\0\0\0\1\377"
               "\0\2\0\0\0\2\0\7\0\0\0\1b" END),
     .want = "2:7|b\nreject 1 line 0 at 19: column 2 (text): text that is not UTF-8, or holds a NUL byte\n",
     .lenient = true},
    {CASE("a broken frame is an error all the same", "t", HEAD "\0\1\377\377\377\376" END),
     .want = "EFORMAT line 0: record 1: column 1: length -2\n", .lenient = true},
};

static void run(const bin_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        kit_all_cuts(cases[i].label, open_case, &cases[i], cases[i].lenient, (ay_str){cases[i].in, cases[i].len},
                     cases[i].want);
}

static void test_records(void **state)
{
    (void)state;
    run(records, AY_COUNT(records));
}

static void test_faults(void **state)
{
    (void)state;
    run(faults, AY_COUNT(faults));
}

static void test_lenient(void **state)
{
    (void)state;
    run(lenient, AY_COUNT(lenient));
}

/* For each type every length that it does not have, up to 17 bytes of zeros. */
static void test_lengths(void **state)
{
    (void)state;
    static const struct {
        char type;
        const char *good;
    } cases[] = {
        {'b', "1"}, {'i', "2 4 8"}, {'f', "4 8"}, {'d', "4"},  {'T', "8"}, {'z', "12"},
        {'s', "8"}, {'S', "8"},     {'I', "16"},  {'u', "16"}, {'n', "8"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        for (unsigned char len = 0; len <= 17; len++) {
            char in[64] = HEAD "\0\1\0\0";
            in[24] = (char)len;
            memcpy(in + 25 + len, END, 2);
            const bin_case c = {.types = (const char[]){cases[i].type, '\0'}};
            char word[8];
            (void)snprintf(word, sizeof word, "%u", len);
            bool good = false;
            for (const char *at = cases[i].good; *at; at += strcspn(at, " ") + (at[strcspn(at, " ")] != '\0'))
                good = good || (strncmp(at, word, strlen(word)) == 0 && strcspn(at, " ") == strlen(word));
            ay_decoder *d = open_case(&c, 1);
            ay_buf out = {0};
            kit_decode(d, in, 27 + (size_t)len, 64, &out);
            ay_buf_char(&out, '\0');
            if ((strstr(out.ptr, "a length that the type does not have") == NULL) != good)
                fail_msg("type %c, %u bytes: %s", cases[i].type, len, out.ptr);
            ay_decoder_free(d);
            ay_buf_free(&out);
        }
}

/* The slot of a null or bad value is zeroed, whatever an earlier batch left there; and its raw text is gone. */
static void test_slots(void **state)
{
    (void)state;
    static const char first[] = HEAD "\0\2"
                                     "\0\0\0\2\0\7"
                                     "\0\0\0\12\0\1\0\14\0\0\0\0\0\144"; /* 7, 1e50 */
    static const char second[] = "\0\2" NUL "\0\0\0\12\0\1\0\0\0\0\0\0\0\5";
    const bin_case c = {.types = "in"};
    ay_decoder *d = open_case(&c, 1);
    size_t used = 0;
    assert_int_equal(ay_decoder_push(d, BYTES(first), &used, NULL), ASSAY_OK);
    assert_int_equal(d->batch.rows, 1);
    assert_true(ay_bit(d->batch.cols[1].bad, 0));
    assert_true(d->batch.cols[1].v.dec[0].coef == 0);
    assert_true(ay_str_is(d->batch.cols[1].raw[0], "100000000000000000000000000000000000000000000000000"));
    ay_batch_clear(&d->batch);
    assert_int_equal(ay_decoder_push(d, BYTES(second), &used, NULL), ASSAY_OK);
    assert_true(ay_bit(d->batch.cols[0].null, 0));
    assert_int_equal(d->batch.cols[0].v.i64[0], 0);
    assert_false(ay_bit(d->batch.cols[1].bad, 0));
    assert_null(d->batch.cols[1].raw[0].ptr);
    ay_decoder_free(d);
}

static assay_status decode_all_types(void *arg)
{
    const ay_str *in = arg;
    ay_decoder *d = NULL;
    ay_buf out = {0};
    assay_status st = ay_copybin_open(all_types, AY_COUNT(all_types), (ay_decode_limits){.batch_cap = 2}, &d, NULL);
    if (st != ASSAY_OK) return st;
    for (size_t at = 0; st == ASSAY_OK && at < in->len; at += 100)
        st = kit_push(d, in->ptr + at, in->len - at < 100 ? in->len - at : 100, &out, NULL);
    if (st == ASSAY_OK) st = kit_finish(d, &out, NULL);
    if (st == ASSAY_OK) st = ay_buf_status(&out, NULL);
    if (st == ASSAY_OK && !ay_str_is(ay_buf_view(&out), all_types_text)) fail_msg("got %.*s", (int)out.len, out.ptr);
    ay_decoder_free(d);
    ay_buf_free(&out);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    char bytes[sizeof all_types_hex];
    ay_str in = unhex(all_types_hex, bytes);
    assert_true(fail_each_allocation(decode_all_types, &in) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_server), cmocka_unit_test(test_truncated), cmocka_unit_test(test_records),
        cmocka_unit_test(test_faults),      cmocka_unit_test(test_lenient),   cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_slots),       cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
