#include "check/identifier.h"

#include "base/mem.h"

static const ay_identifier identifiers[] = {
    {"gb32100", ay_uscc_test, ay_uscc_holds},
    {"gb11714", ay_org_code_test, ay_org_code_holds},
    {"gb11643", ay_citizen_id_test, ay_citizen_id_holds},
    {"gb11643-15", ay_citizen_id_15_test, ay_citizen_id_15_holds},
    {"residence-permit", ay_residence_permit_test, ay_residence_permit_holds},
    {"foreigner-permit", ay_foreigner_permit_test, ay_foreigner_permit_holds},
    {"gs15", ay_gs15_test, ay_gs15_holds},
    {"vin", ay_vin_test, ay_vin_holds},
    {"bank-card", ay_bank_card_test, ay_bank_card_holds},
};

const ay_identifier *ay_identifier_at(size_t i)
{
    return i < AY_COUNT(identifiers) ? &identifiers[i] : NULL;
}

size_t ay_digits_end(ay_str text)
{
    size_t at = 0;
    while (at < text.len && (unsigned)(text.ptr[at] - '0') <= 9) at++;
    return at;
}

bool ay_is_province(const char *digits)
{
    /* Bit u of entry t: province tu. */
    static const uint16_t provinces[10] = {[1] = 0x3E, [2] = 0x0E, [3] = 0xFE, [4] = 0x7E, [5] = 0x1F, [6] = 0x3E};
    return provinces[digits[0] - '0'] >> (digits[1] - '0') & 1;
}
