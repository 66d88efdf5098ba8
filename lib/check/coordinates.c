/* coordinates: longitude and latitude together lie within a box. What fails is told by what it looks like: no place at
 * all (0, 0), the two swapped, a wrong sign, a lost decimal point. */
#include <math.h>

#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"

enum { WEST, SOUTH, EAST, NORTH, SIDES };

typedef struct coordinates {
    ay_cell sides[SIDES]; /* inclusive; of the type of the field they bound */
    double box[SIDES];    /* the same, for telling what a failing pair looks like */
} coordinates;

#define TYPES (AY_TYPE_BIT(AY_DEC) | AY_TYPE_BIT(AY_FLOAT))

/* ---- the parameter ---- */

static bool compile_field(ay_build *b, const ay_node *arg, const char *key, uint32_t *ret)
{
    const ay_node *node = ay_node_get(arg, key);
    if (!node) {
        ay_diag_error(b->diags, "missing-key", arg->pos, "'coordinates' needs the field of the %s",
                      "coordinates 需要 %s 字段", key);
        return false;
    }
    if (!ay_param_field(b, node, ret)) return false;
    if (TYPES >> b->fields[*ret].type & 1) return true;
    ay_diag_error(b->diags, "type-mismatch", node->pos, "field '%s' of type %s is no coordinate: decimal or float",
                  "字段“%s”的类型 %s 不能作坐标：应为 decimal 或 float", b->fields[*ret].name,
                  ay_type_name(b->fields[*ret].type));
    return false;
}

/* A side of the box, read as the type of its field. */
static bool read_side(ay_build *b, ay_str text, int side, const ay_rule *rule, coordinates *args)
{
    const ay_field *field = &b->fields[rule->fields[side == WEST || side == EAST ? 0 : 1]];
    assay_status status = ASSAY_OK;
    return ay_cell_read(text, field->type, field->zone, b->arena, &args->sides[side], NULL, NULL, &status) &&
           ay_f64_parse(text, &args->box[side]) == AY_NUM_OK && isfinite(args->box[side]);
}

/* The named boxes: CGCS2000 and WGS 84 agree to centimetres. */
static const char *const area_names[] = {"china", "world"};
static const char *const areas[][SIDES] = {{"73.5", "3.8", "135.1", "53.6"}, {"-180", "-90", "180", "90"}};
_Static_assert(AY_COUNT(areas) == AY_COUNT(area_names), "name every area");

static bool compile_area(ay_build *b, const ay_node *node, const ay_rule *rule, coordinates *args)
{
    uint32_t area = 0;
    if (node && !ay_param_word(b, node, area_names, AY_COUNT(area_names), &area)) return false;
    for (int side = WEST; side < SIDES; side++)
        if (!read_side(b, ay_str_from(areas[area][side]), side, rule, args)) return false;
    return true;
}

static bool compile_box(ay_build *b, const ay_node *list, const ay_rule *rule, coordinates *args)
{
    bool ok = list->n == SIDES;
    for (int side = WEST; ok && side < SIDES; side++)
        ok = ay_param_scalar(b, list->items[side]) && read_side(b, list->items[side]->text, side, rule, args);
    if (ok && args->box[WEST] <= args->box[EAST] && args->box[SOUTH] <= args->box[NORTH]) return true;
    ay_diag_error(b->diags, "bad-value", list->pos,
                  "a box is [west, south, east, north] in degrees, west and south not above east and north",
                  "范围应为 [西, 南, 东, 北]（度），西、南不大于东、北");
    return false;
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"longitude", "latitude", "within"};
    coordinates *args = AY_ARENA_NEW(build->arena, coordinates);
    uint32_t *fields = AY_ARENA_ARRAY(build->arena, 2, uint32_t);
    if (!args || !fields || !ay_param_map(build, arg, "coordinates", keys, AY_COUNT(keys))) return false;
    const bool has_longitude = compile_field(build, arg, "longitude", &fields[0]);
    if (!compile_field(build, arg, "latitude", &fields[1]) || !has_longitude) return false;
    if (fields[0] == fields[1]) {
        ay_diag_error(build->diags, "contradiction", arg->pos, "longitude and latitude are the same field",
                      "经度与纬度为同一字段");
        return false;
    }
    rule->args = args;
    rule->fields = fields;
    rule->n_fields = 2;
    const ay_node *within = ay_node_get(arg, "within");
    if (within && within->kind == AY_NODE_LIST) return compile_box(build, within, rule, args);
    return compile_area(build, within, rule, args);
}

/* ---- the test ---- */

static bool is_zero(const ay_cell *cell)
{
    return cell->type == AY_FLOAT ? cell->v.f64 == 0 : cell->v.dec.kind == AY_DEC_FINITE && cell->v.dec.coef == 0;
}

/* NaN is above every number. */
static bool is_between(const ay_cell *low, const ay_cell *cell, const ay_cell *high)
{
    return ay_cell_cmp(low, cell) <= 0 && ay_cell_cmp(cell, high) <= 0;
}

static bool is_place(const coordinates *args, const ay_cell *longitude, const ay_cell *latitude)
{
    return is_between(&args->sides[WEST], longitude, &args->sides[EAST]) &&
           is_between(&args->sides[SOUTH], latitude, &args->sides[NORTH]) && !(is_zero(longitude) && is_zero(latitude));
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    AY_BITS_EACH (i, active, view->batch->rows) {
        const ay_cell longitude = ay_batch_cell(view->batch, rule->fields[0], (uint32_t)i);
        const ay_cell latitude = ay_batch_cell(view->batch, rule->fields[1], (uint32_t)i);
        if (longitude.is_bad || latitude.is_bad) ay_bit_set(marks.unreadable, i);
        else if (longitude.is_null || latitude.is_null) ay_bit_set(marks.unknown, i);
        else if (!is_place((const coordinates *)rule->args, &longitude, &latitude)) ay_bit_set(marks.fail, i);
    }
    return ASSAY_OK;
}

/* ---- in words ---- */

static bool is_inside(const double box[SIDES], double longitude, double latitude)
{
    return longitude >= box[WEST] && longitude <= box[EAST] && latitude >= box[SOUTH] && latitude <= box[NORTH];
}

/* Whether the two would be inside without their last few digits: 1055929 for 105.5929. */
static bool is_scaled(const double box[SIDES], double longitude, double latitude)
{
    for (int digits = 1; digits <= 9; digits++)
        if (is_inside(box, longitude / pow(10, digits), latitude / pow(10, digits))) return true;
    return false;
}

static ay_title looks_like(const double box[SIDES], double longitude, double latitude)
{
    if (longitude == 0 && latitude == 0) return (ay_title){"经纬度均为 0，不是地点", "both are 0, which is no place"};
    if (is_inside(box, latitude, longitude)) return (ay_title){"经度与纬度似已颠倒", "they look swapped"};
    if (is_inside(box, fabs(longitude), fabs(latitude))) return (ay_title){"正负号有误", "a sign is wrong"};
    if (is_scaled(box, longitude, latitude)) return (ay_title){"小数点似已丢失", "the decimal point looks lost"};
    if (longitude >= box[WEST] && longitude <= box[EAST])
        return (ay_title){"纬度超出范围", "the latitude is outside the area"};
    if (latitude >= box[SOUTH] && latitude <= box[NORTH])
        return (ay_title){"经度超出范围", "the longitude is outside the area"};
    return (ay_title){"经度与纬度均超出范围", "both are outside the area"};
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const coordinates *args = (const coordinates *)rule->args;
    double longitude, latitude;
    if (ay_f64_parse(ay_fact_text(facts, 0), &longitude) != AY_NUM_OK ||
        ay_f64_parse(ay_fact_text(facts, 1), &latitude) != AY_NUM_OK) {
        if (facts->verdict == AY_FAIL) ay_buf_text(out, zh ? "缺少取值" : "a value is missing");
        else ay_buf_text(out, zh ? "有字段的值无法读取" : "a value cannot be read");
        return;
    }
    const ay_title what = looks_like(args->box, longitude, latitude);
    ay_buf_text(out, zh ? what.zh : what.en);
}

const ay_kind ay_kind_coordinates = {
    .name = "coordinates",
    .over = AY_OVER_RECORD,
    .summary = "longitude and latitude together are a place within an area",
    .summary_zh = "经度与纬度共同构成范围内的地点",
    .indicator = "0301",
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
