ay_unit(test_key proof)
ay_unit(test_digest proof)
ay_unit(test_sm3 proof)
ay_unit(test_merkle proof)
ay_unit(test_leaf proof)
ay_unit(test_forged proof)
ay_unit(test_snapshot proof)
ay_unit(test_snapshot_proof proof)

# The proof layer behind a line interface, asked by tests in Python.
add_executable(proof_probe ../proof/probe.c)
target_link_libraries(proof_probe PRIVATE ay_dev ay_proof ay_record ay_base PkgConfig::XXHASH PkgConfig::CRYPTO Threads::Threads m)
find_package(Python3 COMPONENTS Interpreter)
foreach(name test_oracle rfc6962)
  add_test(NAME proof.${name} COMMAND ${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/tests/proof/${name}.py
    $<TARGET_FILE:proof_probe> ${PROJECT_SOURCE_DIR})
  set_tests_properties(proof.${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS proof)
endforeach()

ay_unit(test_jcs proof)
ay_unit(test_record proof)
ay_unit(test_record_sources proof)
target_link_libraries(test_record_sources PRIVATE ay_source)
ay_unit(test_sign proof)
ay_unit(test_note proof)
ay_unit(test_manifest proof)
ay_unit(test_proof_file proof)
ay_unit(test_proof_absent proof)
ay_unit(test_log proof)
ay_unit(test_policy proof)
ay_unit(test_record_text proof)
ay_unit(test_verify proof)
foreach(name test_jcs test_record test_record_sources test_sign test_note test_manifest test_proof_file test_proof_absent test_log)
  target_compile_definitions(${name} PRIVATE "ASSAY_VECTORS=\"${PROJECT_SOURCE_DIR}/../shared/vectors\"")
endforeach()

# Signatures, judged by the openssl command and the other way round.
# And folders of proofs, made for the tests of verifying.
foreach(name sign_probe log_maker)
  add_executable(${name} ../proof/${name}.c)
  target_link_libraries(${name} PRIVATE ay_dev ay_proof)
  foreach(layer IN LISTS AY_BELOW_proof)
    target_link_libraries(${name} PRIVATE ay_${layer})
  endforeach()
  target_link_libraries(${name} PRIVATE PkgConfig::XXHASH PkgConfig::UTF8PROC PkgConfig::CRYPTO Threads::Threads m)
endforeach()
add_test(NAME proof.openssl COMMAND ${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/tests/proof/openssl.py
  $<TARGET_FILE:sign_probe>)
set_tests_properties(proof.openssl PROPERTIES SKIP_RETURN_CODE 77) # without openssl
