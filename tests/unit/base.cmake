ay_unit(test_sort base)
