ay_unit(test_run run)
ay_unit(test_score run)
