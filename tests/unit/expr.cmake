ay_unit(test_expr expr)
ay_unit(test_expr_faults expr)
ay_unit(test_regex expr)
