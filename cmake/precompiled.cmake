# Headers that are compiled once and not in every file: reading the standard library and EC2's structures again and
# again is half of a build from nothing. A file still names all that it includes: the presets of clang (clang, fuzz)
# compile without.
#
# asiaq_precompiled(<name> LINKS <library>... HEADERS <header>...): a set of them, for
# asiaq_use_precompiled(<target> <name>).
function(asiaq_precompiled name)
  cmake_parse_arguments(ARG "" "" "LINKS;HEADERS" ${ARGN})
  set(source ${PROJECT_BINARY_DIR}/generated/precompiled/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// What a set of precompiled headers is compiled with.\n")
  add_library(asiaq_precompiled_${name} OBJECT ${source})
  target_include_directories(asiaq_precompiled_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${ASIAQ_GENERATED_DIR})
  target_link_libraries(asiaq_precompiled_${name} PRIVATE asiaq_options ${ARG_LINKS})
  target_precompile_headers(asiaq_precompiled_${name} PRIVATE ${ARG_HEADERS})
endfunction()

function(asiaq_use_precompiled target name)
  target_precompile_headers(${target} REUSE_FROM asiaq_precompiled_${name})
endfunction()

# What nearly every file names.
set(ASIAQ_STANDARD_HEADERS
  <algorithm> <array> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <string> <string_view> <utility>
  <vector> <fmt/format.h>)

asiaq_precompiled(library LINKS fmt::fmt spdlog::spdlog HEADERS ${ASIAQ_STANDARD_HEADERS})
