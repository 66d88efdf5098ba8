include(base_values.cmake)
ay_unit(test_tuple record)
ay_unit(test_cell record)
ay_unit(test_reader record)
