# RE2, for metrics/, collectors/ and rules/: RE2_LIBRARY.
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
# The archive, while it stands alone (before RE2 took to Abseil): 0.3 MB less of mapped library.
find_library(RE2_ARCHIVE NAMES libre2.a)
if(RE2_ARCHIVE AND RE2_VERSION VERSION_LESS 11)
  set(RE2_LIBRARY ${RE2_ARCHIVE})
else()
  set(RE2_LIBRARY PkgConfig::RE2)
endif()
