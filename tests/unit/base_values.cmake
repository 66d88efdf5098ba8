ay_unit(test_dec base)
ay_unit(test_time base)
ay_unit(test_zone base)
