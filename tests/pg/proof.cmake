# Roots, leaves and comparisons against records that the server makes, changes and shuffles.
add_executable(push_archive push_archive.c)
target_link_libraries(push_archive PRIVATE ay_warnings assay)
add_test(NAME pg.proof COMMAND ${CMAKE_CURRENT_LIST_DIR}/cluster.sh run
         ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/proof.py $<TARGET_FILE:assay_cli> $<TARGET_FILE:push_archive>)
set_tests_properties(pg.proof PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600 LABELS pg)
