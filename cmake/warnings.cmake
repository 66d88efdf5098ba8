# Our own flags live on this target, so that whoever links the library never inherits them.
add_library(ay_dev INTERFACE)
target_compile_options(ay_dev INTERFACE
  -Wall -Wextra
  -Wconversion -Wsign-conversion   # silent narrowing is how counts go wrong
  -Wshadow
  -Wstrict-prototypes -Wmissing-prototypes  # every shared function has a header
  -Wcast-qual -Wwrite-strings
  -Wformat=2
  -Wvla                            # stack use stays bounded
  -Wundef)
target_include_directories(ay_dev INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib)
