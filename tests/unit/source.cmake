ay_unit(test_csv source)
ay_unit(test_copybin source)
ay_unit(test_copytext source)
ay_unit(test_file source)
