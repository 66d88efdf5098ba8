include(base_values.cmake)
ay_unit(test_tuple record)
