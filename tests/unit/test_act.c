/* The life of a ticket: each act in each state, and what a run does with each sight of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ticket/act.h"

/* Columns in this order; a dot: it may not be done; =: it may, and the state stays; else the state it leads to. */
static const char *const states[] = {"open",     "dispatched", "confirmed", "rejected", "corrected",
                                     "returned", "disputed",   "gone",      "closed"};
static const char letters[] = "odcrxtpgk"; /* of the states */

static const struct {
    const char *act, *leads; /* from each state */
    bool remark, owner, days, people;
} acts[] = {
    /*            odcrxtpgk */
    {"found", ".........", false, false, false, false},    {"changed", "===..==..", false, false, false, false},
    {"refound", "...oo..oo", false, false, false, false},  {"passed", "kkkkkkk..", false, false, false, false},
    {"vanished", "ggggggg..", false, false, false, false}, {"dispatch", "d....dd..", false, false, false, true},
    {"confirm", "cc....c..", false, false, false, true},   {"reject", "rrr...r..", true, false, false, true},
    {"correct", "xxx...x..", false, false, false, true},   {"return", ".tt......", true, false, false, true},
    {"transfer", "ddd..dd..", false, true, false, true},   {"extend", "===...=..", true, false, true, true},
    {"dispute", "pppp.....", true, false, false, true},    {"close", "kkkkkkkk.", true, false, false, true},
    {"reopen", "...oo..oo", true, false, false, true},
};

static void test_every_pair(void **state)
{
    (void)state;
    assert_int_equal(AY_COUNT(acts), AY_ACT_COUNT);
    assert_int_equal(AY_COUNT(states), AY_STATE_COUNT);
    for (int a = 0; a < AY_ACT_COUNT; a++) {
        assert_string_equal(ay_acts[a].name, acts[a].act);
        assert_true(*ay_acts[a].zh != '\0');
        assert_int_equal(ay_acts[a].needs_remark, acts[a].remark);
        assert_int_equal(ay_acts[a].needs_owner, acts[a].owner);
        assert_int_equal(ay_acts[a].needs_days, acts[a].days);
        assert_int_equal(ay_acts[a].is_of_people, acts[a].people);
        for (int s = 0; s < AY_STATE_COUNT; s++) {
            const char want = acts[a].leads[s];
            if (ay_act_may((ay_act)a, (ay_state)s) != (want != '.')) fail_msg("%s, %s", acts[a].act, states[s]);
            if (want == '.') continue;
            const char to = letters[ay_act_leads_to((ay_act)a, (ay_state)s)];
            if (to != (want == '=' ? letters[s] : want)) fail_msg("%s, %s leads to %c", acts[a].act, states[s], to);
        }
    }
}

static void test_names(void **state)
{
    (void)state;
    ay_state s;
    ay_act a;
    for (int i = 0; i < AY_STATE_COUNT; i++) {
        assert_string_equal(ay_state_name((ay_state)i), states[i]);
        assert_true(ay_state_find(ay_str_from(states[i]), &s));
        assert_int_equal(s, i);
        assert_true(*ay_state_zh((ay_state)i) != '\0');
        assert_int_equal(ay_state_is_over((ay_state)i), letters[i] == 'g' || letters[i] == 'k');
    }
    for (int i = 0; i < AY_ACT_COUNT; i++) {
        assert_int_equal(ay_act_find(ay_str_from(acts[i].act), &a), acts[i].people);
        if (acts[i].people) assert_int_equal(a, i);
    }
    static const char *const wrong[] = {"", "Open", "opened", "open ", "ope"};
    for (size_t i = 0; i < AY_COUNT(wrong); i++) assert_false(ay_state_find(ay_str_from(wrong[i]), &s));
    assert_false(ay_act_find(AY_STR("Close"), &a));
    assert_false(ay_act_find((ay_str){"closed", 6}, &a));
}

/* What a run does in each state: F refound, C changed, P passed, V vanished, a dot nothing. */
static const struct {
    const char *what, *does;
    bool found, same, denied, judged, seen, certain; /* denied: it was closed as no fault */
} sights[] = {
    /*                                   odcrxtpgk */
    {"there as before", "....F..FF", true, true, false, true, true, true},
    {"there as before, denied", "....F..F.", true, true, true, true, true, true},
    {"there with another value", "CCCFFCCFF", true, false, false, true, true, true},
    {"another value, was denied", "CCCFFCCFF", true, false, true, true, true, true},
    {"there, whatever else", "CCCFFCCFF", true, false, false, false, false, false},
    {"right", "PPPPPPP..", false, false, false, true, true, true},
    {"right, lines were lost", "PPPPPPP..", false, false, false, true, true, false},
    {"not there", "VVVVVVV..", false, false, false, true, false, true},
    {"maybe among the lost", ".........", false, false, false, true, false, false},
    {"not judged", ".........", false, false, false, false, true, true},
    {"not judged, not there", ".........", false, false, false, false, false, true},
    {"nothing is known", ".........", false, false, false, false, false, false},
};

static void test_sights(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(sights); i++)
        for (int s = 0; s < AY_STATE_COUNT; s++) {
            const ay_sight sight = {.state = (ay_state)s,
                                    .is_found = sights[i].found,
                                    .is_same = sights[i].same,
                                    .was_rejected = sights[i].denied,
                                    .is_judged = sights[i].judged,
                                    .is_seen = sights[i].seen,
                                    .is_certain = sights[i].certain};
            ay_act act = AY_ACT_COUNT;
            const bool does = ay_act_of_run(&sight, &act);
            const char did = !does                    ? '.'
                             : act == AY_ACT_REFOUND  ? 'F'
                             : act == AY_ACT_CHANGED  ? 'C'
                             : act == AY_ACT_PASSED   ? 'P'
                             : act == AY_ACT_VANISHED ? 'V'
                                                      : '?';
            if (did != sights[i].does[s]) fail_msg("%s, %s: %c", sights[i].what, states[s], did);
            if (does) assert_true(ay_act_may(act, (ay_state)s)); /* the table of acts agrees */
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_pair), cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_sights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
