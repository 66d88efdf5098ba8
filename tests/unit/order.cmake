ay_unit(test_order order)
target_compile_definitions(test_order PRIVATE AY_XLSX=$<BOOL:${ASSAY_XLSX}>)
ay_unit(test_answers order)
if(ASSAY_XLSX)
  ay_unit(test_xlsx order)
endif()

# The order layer behind a command, asked by a test in Python with Debian's own interpreter: openpyxl is installed for that one.
add_executable(order_probe ../order/probe.c)
target_link_libraries(order_probe PRIVATE ay_dev ay_order)
foreach(layer IN LISTS AY_BELOW_order)
  target_link_libraries(order_probe PRIVATE ay_${layer})
endforeach()
target_link_libraries(order_probe PRIVATE PkgConfig::XXHASH PkgConfig::UTF8PROC PkgConfig::CRYPTO Threads::Threads m ${AY_XLSX_LIBRARIES})
add_test(NAME order.work_orders COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/order/work_orders.py
  $<TARGET_FILE:order_probe> ${PROJECT_SOURCE_DIR} ${ASSAY_XLSX})
set_tests_properties(order.work_orders PROPERTIES LABELS order)
