# Every check against a query of its own.
add_test(NAME pg.properties COMMAND ${CMAKE_CURRENT_LIST_DIR}/cluster.sh run
         ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/properties.py $<TARGET_FILE:assay_cli>)
set_tests_properties(pg.properties PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600 LABELS pg)
