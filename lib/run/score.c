#include "run/score.h"

#define WHOLE                                                                                                          \
    ((__int128)1000000000000000) /* 100 % in the units of the computation, where steps are rounded to nearest */
#define TO_E4 1000000000         /* WHOLE / TO_E4 = 1000000 = 100 points in 1/10000, rounded down */
#define STEPS 1000               /* more than all roundings of the computation together */

enum { TRACE = 20 };

const ay_dimension ay_dimensions[AY_DIMENSIONS] = {
    {"01", "规范性", "standardization"},   {"02", "完整性", "completeness"}, {"03", "准确性", "accuracy"},
    {"04", "一致性", "consistency"},       {"05", "时效性", "timeliness"},   {"06", "可访问性", "accessibility"},
    {"trace", "可溯源性", "traceability"},
};

/* GB/T 36344-2018, in the order of their codes. */
const ay_indicator ay_indicators[AY_INDICATORS] = {
    {"0101", "数据标准", "data standards", 0, false},
    {"0102", "数据模型", "data model", 0, false},
    {"0103", "元数据", "metadata", 0, false},
    {"0104", "业务规则", "business rules", 0, false},
    {"0105", "权威参考数据", "authoritative reference data", 0, false},
    {"0106", "安全规范", "security specifications", 0, false},
    {"0201", "数据元素完整性", "completeness of elements", 1, false},
    {"0202", "数据记录完整性", "completeness of records", 1, false},
    {"0301", "数据内容正确性", "correctness of content", 2, false},
    {"0302", "数据格式合规性", "conformity of format", 2, false},
    {"0303", "数据重复率", "rate of duplicates", 2, true},
    {"0304", "数据唯一性", "uniqueness", 2, false},
    {"0305", "脏数据出现率", "rate of dirty data", 2, true},
    {"0401", "相同数据一致性", "consistency of the same data", 3, false},
    {"0402", "关联数据一致性", "consistency of related data", 3, false},
    {"0501", "基于时间段的正确性", "correctness over a period", 4, false},
    {"0502", "基于时间点及时性", "timeliness at a moment", 4, false},
    {"0503", "时序性", "order in time", 4, false},
    {"0601", "可访问", "accessible", 5, false},
    {"0602", "可用性", "usable", 5, false},
    {"trace", "数源明确", "answerable source", 6, false},
};

static ay_indicator_score *indicator_of(ay_scoreboard *board, const char *code)
{
    for (uint32_t i = 0; i < TRACE; i++)
        if (strcmp(ay_indicators[i].code, code) == 0) return &board->indicators[i];
    return NULL;
}

void ay_score_add(ay_scoreboard *board, const ay_rule *rule, uint64_t evaluated, uint64_t failed, bool is_missing)
{
    ay_indicator_score *s = indicator_of(board, rule->indicator);
    if (!s) return; /* the pack's loader lets no other code through */
    const uint64_t good = evaluated - failed;
    s->is_used = true;
    s->is_missing |= is_missing;
    s->a += ay_indicators[s - board->indicators].lower_is_better ? failed : good;
    s->b += evaluated;
    s->weighted_good += (__int128)good * rule->weight;
    s->weighted_of += (__int128)evaluated * rule->weight;
}

void ay_score_add_trace(ay_scoreboard *board, uint64_t answerable, uint64_t fields)
{
    ay_indicator_score *s = &board->indicators[TRACE];
    s->is_used = true;
    s->a += answerable;
    s->b += fields;
    s->weighted_good += answerable;
    s->weighted_of += fields;
}

typedef struct mean {
    __int128 sum, of;
    bool is_missing, is_flawed; /* something failed below */
} mean;

static __int128 divide(__int128 a, __int128 b)
{
    return (a + b / 2) / b;
}

static __int128 mean_value(const mean *m)
{
    return m->is_missing || m->of == 0 ? -1 : divide(m->sum, m->of);
}

static void mean_add(mean *m, __int128 value, __int128 weight, bool is_flawed)
{
    m->sum += value * weight;
    m->of += weight;
    m->is_flawed |= is_flawed && weight;
}

/* 100 points only where nothing failed, however small the share. */
static int64_t to_e4(__int128 value, bool is_flawed)
{
    if (value < 0) return AY_NOT_ASSESSABLE;
    const int64_t e4 = (int64_t)((value + STEPS) / TO_E4);
    return is_flawed && e4 == WHOLE / TO_E4 ? e4 - 1 : e4;
}

static void close_dimension(ay_scoreboard *board, uint32_t d, mean *dimension)
{
    for (uint32_t i = 0; i < AY_INDICATORS; i++) {
        ay_indicator_score *s = &board->indicators[i];
        if (ay_indicators[i].dimension != d) continue;
        s->score_e4 = AY_NOT_ASSESSABLE;
        dimension->is_missing |= s->is_missing;
        if (s->is_missing || s->weighted_of == 0) continue;
        const __int128 score = divide(s->weighted_good * WHOLE, s->weighted_of);
        const bool is_flawed = s->weighted_good < s->weighted_of;
        s->score_e4 = to_e4(score, is_flawed);
        mean_add(dimension, score, 1, is_flawed);
    }
}

/* Whether some rule counted something; that every field has a source is no merit of the data. */
static bool has_evidence(const ay_scoreboard *board)
{
    bool found = false;
    for (uint32_t i = 0; i < TRACE; i++) found |= board->indicators[i].b > 0;
    return found;
}

void ay_score_close(ay_scoreboard *board, const assay_pack *pack)
{
    mean total = {0};
    for (uint32_t d = 0; d < AY_DIMENSIONS; d++) {
        mean dimension = {0};
        close_dimension(board, d, &dimension);
        const __int128 value = mean_value(&dimension);
        board->dimensions_e4[d] = to_e4(value, dimension.is_flawed);
        if (value >= 0) mean_add(&total, value, pack->weights[d], dimension.is_flawed);
        if (pack->weights[d]) total.is_missing |= dimension.is_missing;
    }
    if (!has_evidence(board)) total.of = 0;
    board->total_e4 = to_e4(mean_value(&total), total.is_flawed);
    for (uint32_t g = 0; board->total_e4 >= 0 && g < pack->n_grades && !board->grade; g++)
        if (board->total_e4 >= (int64_t)pack->grades[g].cut_e2 * 100) board->grade = &pack->grades[g];
}
