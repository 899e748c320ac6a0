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
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()
