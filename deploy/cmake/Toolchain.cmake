# SPDX-License-Identifier: Apache-2.0
#
# Compiler cache, linker, warnings and sanitizers.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(huying_warnings INTERFACE)
add_library(huying::warnings ALIAS huying_warnings)
target_compile_options(huying_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow=local
                                                 -Wnon-virtual-dtor -Woverloaded-virtual
                                                 -Wno-missing-field-initializers)

set(HUYING_SANITIZE "" CACHE STRING "address | thread")
if(HUYING_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(HUYING_SANITIZE STREQUAL "thread")
  # The packaged libraries are not instrumented: their headers must not think so either (protobuf's maps
  # have one member more then), and Abseil's locks are announced by a library of tests/support.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -U__SANITIZE_THREAD__)
  add_link_options(-fsanitize=thread)
  add_library(huying_tsan_absl_mutex SHARED ${PROJECT_SOURCE_DIR}/tests/support/tsan_absl_mutex.cc)
  link_libraries(huying_tsan_absl_mutex)
  # Before the objects: the first of every program's libraries, so its symbols stand before Abseil's.
  add_link_options($<TARGET_FILE:huying_tsan_absl_mutex>)
endif()
