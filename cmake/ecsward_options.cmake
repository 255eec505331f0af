# Compile and link options that every target of ours shares: `ecsward_room(name sources...)` makes a
# room's static library, `ecsward_options(target)` gives any other target the same flags.

function(ecsward_options target)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wold-style-cast -Woverloaded-virtual -Wnon-virtual-dtor)
  # Not in the sanitizer presets: with their code in between, GCC sees uninitialized and overrun
  # objects in the standard library that are neither.
  if(ECSWARD_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(ECSWARD_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${ECSWARD_SANITIZE} -fno-omit-frame-pointer
                                             -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${ECSWARD_SANITIZE})
    if(ECSWARD_SANITIZE MATCHES thread)
      # GCC's thread sanitizer knows no fences; Asio's are not needed beside its locks.
      target_compile_definitions(${target} PRIVATE BOOST_ASIO_DISABLE_FENCED_BLOCK)
    endif()
  endif()
endfunction()

function(ecsward_room name)
  add_library(${name} STATIC ${ARGN})
  ecsward_options(${name})
endfunction()
