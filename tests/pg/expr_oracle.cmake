# Expressions against PostgreSQL's own answers.
add_executable(expr_oracle ${CMAKE_CURRENT_LIST_DIR}/expr_oracle.c)
target_link_libraries(expr_oracle PRIVATE ay_dev ay_expr ay_record ay_base PkgConfig::PCRE2 PkgConfig::XXHASH PkgConfig::UTF8PROC Threads::Threads m)
add_test(NAME pg.expr_oracle COMMAND ${CMAKE_CURRENT_LIST_DIR}/expr_oracle.sh $<TARGET_FILE:expr_oracle>)
set_tests_properties(pg.expr_oracle PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 180 LABELS pg)
