# asiaq_layer(<folder> PRECOMPILED <set> [FILE_BY_FILE] SOURCES <file>... USES <folder below>... [LINKS <library>...])
#
# One static library per folder of src/. A folder sees only the folders that it names in USES, which must already
# be defined: the order of add_subdirectory in src/CMakeLists.txt is the order of the layers, so that an include
# upwards cannot link. Its files are compiled in batches (cmake/batches.cmake) if not FILE_BY_FILE.
function(asiaq_layer name)
  cmake_parse_arguments(ARG "FILE_BY_FILE" "PRECOMPILED" "SOURCES;USES;LINKS" ${ARGN})
  set(sources ${ARG_SOURCES})
  if(NOT ARG_FILE_BY_FILE)
    asiaq_batches(sources ${name} ${ARG_SOURCES})
  endif()
  add_library(asiaq_${name} STATIC ${sources})
  target_include_directories(asiaq_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(asiaq_${name} PRIVATE asiaq_options)
  foreach(lower ${ARG_USES})
    if(NOT TARGET asiaq_${lower})
      message(FATAL_ERROR "src/${name} may not use src/${lower}: it is not a layer below it")
    endif()
    target_link_libraries(asiaq_${name} PUBLIC asiaq_${lower})
  endforeach()
  target_link_libraries(asiaq_${name} PUBLIC ${ARG_LINKS})
  asiaq_use_precompiled(asiaq_${name} ${ARG_PRECOMPILED})
endfunction()

# asiaq_unit_test(<folder> [THREADS] <file>...): one test program per folder of src/, asiaq_<folder>_test. With THREADS
# it is one of those that run under the thread sanitizer too.
function(asiaq_unit_test name)
  cmake_parse_arguments(ARG "THREADS" "" "" ${ARGN})
  add_executable(asiaq_${name}_test ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(asiaq_${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(asiaq_${name}_test PRIVATE asiaq_options asiaq_${name} GTest::gmock
                                                   GTest::gtest GTest::gtest_main)
  asiaq_use_precompiled(asiaq_${name}_test tests)
  include(GoogleTest)
  if(ARG_THREADS)
    asiaq_threads_test(asiaq_${name}_test)
  else()
    gtest_discover_tests(asiaq_${name}_test DISCOVERY_MODE PRE_TEST)
  endif()
endfunction()

# asiaq_threads_test(<program>): finds its tests, and `make test-tsan` builds and runs them.
function(asiaq_threads_test program)
  include(GoogleTest)
  gtest_discover_tests(${program} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS threads)
  if(NOT TARGET asiaq_threads_tests)
    add_custom_target(asiaq_threads_tests)
  endif()
  add_dependencies(asiaq_threads_tests ${program})
endfunction()
