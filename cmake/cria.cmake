# One target per folder: cria_folder(NAME DEPS a b) makes the library `NAME` of this folder's sources and, where there are
# *_test.cpp files, the test program `NAME_test`. GENERATED are sources that the build makes. An edge in DEPS is the only way to
# see another folder's headers' code.

add_library(cria_flags INTERFACE)
target_include_directories(cria_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(cria_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow
  $<$<CXX_COMPILER_ID:GNU>:-Wconversion -Wno-sign-conversion> -fno-math-errno -ffp-contract=off)
target_link_libraries(cria_flags INTERFACE Threads::Threads)

function(cria_folder name)
  cmake_parse_arguments(ARG "OBJECT" "" "DEPS;TEST_DEPS;GENERATED" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$|/main\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(APPEND sources ${ARG_GENERATED})
  # An OBJECT library keeps objects that only register themselves; a static archive would drop them.
  if(ARG_OBJECT)
    add_library(${name} OBJECT ${sources})
    target_link_libraries(${name} PUBLIC cria_flags ${ARG_DEPS})
  elseif(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC cria_flags ${ARG_DEPS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE cria_flags ${ARG_DEPS})
  endif()
  if(CRIA_TESTS AND tests)
    add_executable(${name}_test ${tests})
    # Tests run once: -O3 would take longer to compile them than it saves.
    set_source_files_properties(${tests} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
    target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR})  # for tests/support
    target_link_libraries(${name}_test PRIVATE ${name} ${ARG_TEST_DEPS} GTest::gtest_main)
    gtest_discover_tests(${name}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
