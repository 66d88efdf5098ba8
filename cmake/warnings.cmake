# Our own flags live on this target, so that whoever links the library never inherits them.
add_library(ay_warnings INTERFACE)
target_compile_options(ay_warnings INTERFACE
  -Wall -Wextra
  -Wconversion -Wsign-conversion   # silent narrowing is how counts go wrong
  -Wshadow
  -Wstrict-prototypes -Wmissing-prototypes  # every shared function has a header
  -Wcast-qual -Wwrite-strings
  -Wformat=2
  -Wvla                            # stack use stays bounded
  -Wundef)
# For the library and its tests: the headers inside lib/ as well.
add_library(ay_dev INTERFACE)
target_link_libraries(ay_dev INTERFACE ay_warnings)
target_include_directories(ay_dev INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib)
