ay_unit(test_run run)
ay_unit(test_score run)
ay_unit(test_mask run)
ay_unit(test_opening run)
