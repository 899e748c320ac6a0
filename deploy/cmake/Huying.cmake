# SPDX-License-Identifier: Apache-2.0
#
# One function per kind of target. Every library is linked by its alias `huying::<name>`.

include_guard()

# The include root is the repository for C++ and the build's proto folder for generated code.
set(HUYING_PROTO_OUT ${CMAKE_BINARY_DIR}/proto)
file(MAKE_DIRECTORY ${HUYING_PROTO_OUT})

# huying_proto(<name> <file.proto>...  [DEPS huying::<other>_proto ...])
# Messages only: calls are routed by name (docs/adr/0001), so no service code is generated.
function(huying_proto name)
  cmake_parse_arguments(A "" "" "DEPS" ${ARGN})
  set(sources)
  foreach(file ${A_UNPARSED_ARGUMENTS})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(out ${HUYING_PROTO_OUT}/${stem}.pb)
    add_custom_command(
      OUTPUT ${out}.cc ${out}.h
      COMMAND protobuf::protoc --cpp_out=${HUYING_PROTO_OUT} -I ${PROJECT_SOURCE_DIR}/proto
              ${PROJECT_SOURCE_DIR}/proto/${file}
      DEPENDS ${PROJECT_SOURCE_DIR}/proto/${file}
      VERBATIM)
    list(APPEND sources ${out}.cc ${out}.h)
  endforeach()
  add_library(huying_${name}_proto STATIC ${sources})
  add_library(huying::${name}_proto ALIAS huying_${name}_proto)
  target_include_directories(huying_${name}_proto SYSTEM PUBLIC ${HUYING_PROTO_OUT})
  target_link_libraries(huying_${name}_proto PUBLIC protobuf::libprotobuf ${A_DEPS})
  set_target_properties(huying_${name}_proto PROPERTIES UNITY_BUILD OFF)  # it repeats its file-local names
  # Generated code is cold: -O1 compiles in two thirds of the time.
  target_compile_options(huying_${name}_proto PRIVATE -w $<$<CONFIG:Release>:-O1>)
endfunction()

# huying_library(<name> SRCS ... [DEPS ...])
function(huying_library name)
  cmake_parse_arguments(A "" "" "SRCS;DEPS" ${ARGN})
  add_library(huying_${name} STATIC ${A_SRCS})
  add_library(huying::${name} ALIAS huying_${name})
  target_include_directories(huying_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(huying_${name} PUBLIC ${A_DEPS} PRIVATE huying::warnings)
endfunction()

# huying_program(<name> SRCS ... [DEPS ...]): an executable in build/<preset>/bin.
function(huying_program name)
  cmake_parse_arguments(A "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${A_SRCS})
  target_link_libraries(${name} PRIVATE ${A_DEPS} huying::warnings)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# huying_test(<name> SRCS ... [DEPS ...] [TIMEOUT seconds] [LABELS ...])
# One test program per service or platform part: linking is what costs on two cores.
function(huying_test name)
  cmake_parse_arguments(A "" "TIMEOUT" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_executable(${name} ${A_SRCS})
  target_link_libraries(${name} PRIVATE ${A_DEPS} GTest::gmock GTest::gtest_main huying::warnings)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE HUYING_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             HUYING_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test UNITY_BUILD OFF)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${A_TIMEOUT} LABELS "${A_LABELS}")
endfunction()
