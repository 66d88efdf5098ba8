ay_unit(test_run run)
ay_unit(test_score run)
ay_unit(test_mask run)
ay_unit(test_opening run)
ay_unit(test_archive run)
ay_unit(test_partial run)

# Runs with a history, for the pages of the checks that look back (tests/docs).
add_executable(history_probe ../docs/history.c)
target_link_libraries(history_probe PRIVATE ay_dev ay_run)
foreach(layer IN LISTS AY_BELOW_run)
  target_link_libraries(history_probe PRIVATE ay_${layer})
endforeach()
target_link_libraries(history_probe PRIVATE PkgConfig::PCRE2 PkgConfig::YAML PkgConfig::XXHASH PkgConfig::UTF8PROC
  PkgConfig::CRYPTO Threads::Threads m)
if(ASSAY_PG)
  target_link_libraries(history_probe PRIVATE PkgConfig::PQ)
endif()
ay_unit(test_watch run)
