/* `score`: the grades and the weights of the dimensions. */
#include "pack/load.h"

#include "base/mem.h"

#define WEIGHT_MAX 1000

static const ay_grade default_grades[] = {
    {{"优质", "excellent"}, 9000},
    {{"良好", "good"}, 8000},
    {{"合格", "fair"}, 6000},
    {{"待改进", "poor"}, 0},
};

static void read_cut(ay_load *l, const ay_node *node, ay_grade *ret)
{
    ay_dec min, cut;
    int64_t cut_e2;
    if (!AY_ASK(l, ay_param_dec(&l->build, node, &min))) return;
    const bool is_exact =
        ay_dec_mul(min, ay_dec_from_i64(100), &cut) == AY_NUM_OK && ay_dec_to_i64(cut, &cut_e2) == AY_NUM_OK;
    if (is_exact && cut_e2 >= 0 && cut_e2 <= 10000) {
        ret->cut_e2 = (uint32_t)cut_e2;
        return;
    }
    ay_diag_error(l->build.diags, "bad-value", node->pos,
                  "a grade begins at 0 to 100 points, with at most two decimals",
                  "等级下限应为 0 到 100 分，最多两位小数");
}

static void read_grade(ay_load *l, const ay_node *map, ay_grade *grades, size_t i)
{
    if (!ay_read_map(l, map, ay_keys_grade.words, ay_keys_grade.n) && map->kind != AY_NODE_MAP) return;
    const size_t before = ay_diags_errors(l->build.diags);
    const ay_node *name = ay_read_need(l, map, "name"), *min = ay_read_need(l, map, "min");
    grades[i].name = ay_read_title(l, name);
    if (min) read_cut(l, min, &grades[i]);
    if (i == 0 || ay_diags_errors(l->build.diags) > before || grades[i].cut_e2 < grades[i - 1].cut_e2) return;
    ay_diag_error(l->build.diags, "grade-order", min->pos, "grades are listed from the highest to the lowest",
                  "等级应从高到低排列");
}

static void read_grades(ay_load *l, const ay_node *list)
{
    if (list->kind != AY_NODE_LIST || list->n == 0) {
        ay_diag_error(l->build.diags, "wrong-kind", list->pos, "'grades' takes a list of grades",
                      "grades 应为等级列表");
        return;
    }
    ay_grade *grades = ay_load_array(l, list->n, sizeof *grades);
    if (!grades) return;
    const size_t before = ay_diags_errors(l->build.diags);
    for (size_t i = 0; i < list->n; i++) read_grade(l, list->items[i], grades, i);
    if (ay_diags_errors(l->build.diags) == before && grades[list->n - 1].cut_e2 != 0) {
        ay_diag_error(l->build.diags, "grade-order", list->items[list->n - 1]->pos,
                      "the lowest grade must begin at 0, so that every score has one",
                      "最低等级须从 0 开始，使每个得分都有等级");
    }
    l->pack->grades = grades;
    l->pack->n_grades = (uint32_t)list->n;
}

static void read_weights(ay_load *l, const ay_node *map)
{
    ay_read_map(l, map, ay_keys_weights.words, ay_keys_weights.n);
    uint64_t sum = 0;
    for (size_t i = 0; i < AY_DIMENSIONS; i++) {
        const ay_node *node = ay_node_get(map, ay_keys_weights.words[i]);
        uint64_t weight = l->pack->weights[i];
        if (node) (void)AY_ASK(l, ay_param_u64(&l->build, node, WEIGHT_MAX, &weight));
        l->pack->weights[i] = (uint32_t)weight;
        sum += weight;
    }
    if (sum == 0)
        ay_diag_error(l->build.diags, "bad-value", map->pos, "all weights are 0, nothing would count",
                      "所有权重均为 0，没有可计分的维度");
}

void ay_load_score(ay_load *l)
{
    l->pack->grades = default_grades;
    l->pack->n_grades = AY_COUNT(default_grades);
    /* traceability, the last, is no dimension of GB/T 36344: it is shown, and counts where a pack says so */
    for (size_t i = 0; i < AY_DIMENSIONS; i++) l->pack->weights[i] = i + 1 < AY_DIMENSIONS;
    const ay_node *map = l->docs[0].root ? ay_node_get(l->docs[0].root, "score") : NULL;
    if (!map) return;
    ay_read_map(l, map, ay_keys_score.words, ay_keys_score.n);
    const ay_node *grades = ay_node_get(map, "grades"), *weights = ay_node_get(map, "weights");
    if (grades) read_grades(l, grades);
    if (weights) read_weights(l, weights);
}
