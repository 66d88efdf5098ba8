ay_unit(test_csv source)
