ay_unit(test_digest proof)
ay_unit(test_sm3 proof)
ay_unit(test_merkle proof)
ay_unit(test_leaf proof)
ay_unit(test_snapshot proof)
ay_unit(test_snapshot_proof proof)

# The proof layer behind a line interface, asked by tests in Python.
add_executable(proof_probe ../proof/probe.c)
target_link_libraries(proof_probe PRIVATE ay_dev ay_proof ay_base PkgConfig::XXHASH PkgConfig::CRYPTO Threads::Threads m)
find_package(Python3 COMPONENTS Interpreter)
foreach(name test_oracle rfc6962)
  add_test(NAME proof.${name} COMMAND ${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/tests/proof/${name}.py
    $<TARGET_FILE:proof_probe> ${PROJECT_SOURCE_DIR})
  set_tests_properties(proof.${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS proof)
endforeach()
