include(base_values.cmake)
