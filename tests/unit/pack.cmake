ay_unit(test_pack_files pack)
ay_unit(test_pack_tree pack)
ay_unit(test_pack_load pack)
ay_unit(test_pack_due pack)
foreach(name test_pack_files test_pack_load test_pack_due)
  target_compile_definitions(${name} PRIVATE "ASSAY_PACK_CASES=\"${PROJECT_SOURCE_DIR}/tests/pack\"")
endforeach()
target_compile_definitions(test_pack_due PRIVATE "ASSAY_RULES=\"${PROJECT_SOURCE_DIR}/rules\"")
target_compile_definitions(test_pack_files PRIVATE "ASSAY_RULES_DIR=\"${ASSAY_RULES_DIR}\"")

# The schema for editors says what the loader does.
add_executable(pack_probe ../pack/probe.c)
target_link_libraries(pack_probe PRIVATE ay_dev ay_pack)
foreach(layer IN LISTS AY_BELOW_pack)
  target_link_libraries(pack_probe PRIVATE ay_${layer})
endforeach()
target_link_libraries(pack_probe PRIVATE PkgConfig::PCRE2 PkgConfig::YAML PkgConfig::XXHASH PkgConfig::UTF8PROC Threads::Threads m)
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME pack.schema_in_step COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/pack/schema_in_step.py
    $<TARGET_FILE:pack_probe> ${PROJECT_SOURCE_DIR})
  set_tests_properties(pack.schema_in_step PROPERTIES SKIP_RETURN_CODE 77) # without jsonschema
endif()
