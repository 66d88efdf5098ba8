# Our own flags live on this target, so that whoever links the library never inherits them.
add_library(ay_warnings INTERFACE)
target_compile_options(ay_warnings INTERFACE
  -Wall -Wextra
  -Wshadow
  -Wstrict-prototypes -Wmissing-prototypes  # every shared function has a header
  -Wcast-qual -Wwrite-strings
  -Wformat=2
  -Wvla                            # stack use stays bounded
  -Wundef)
# Silent narrowing is how counts go wrong. Not with gcc's UBSan, which makes gcc 12 report it in code that is clean without;
# the release and clang builds do.
if(NOT (CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_C_FLAGS MATCHES "fsanitize=[^ ]*undefined"))
  target_compile_options(ay_warnings INTERFACE -Wconversion -Wsign-conversion)
endif()
# For the library and its tests: the headers inside lib/ as well.
add_library(ay_dev INTERFACE)
target_link_libraries(ay_dev INTERFACE ay_warnings)
target_include_directories(ay_dev INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib)
