# Warnings, sanitizers and the few defines that every file of ours is compiled with: the interface target `hookctl_options`.
add_library(hookctl_options INTERFACE)
target_include_directories(hookctl_options INTERFACE ${PROJECT_SOURCE_DIR}/lib)
target_compile_options(hookctl_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(hookctl_options INTERFACE -Wno-restrict)  # false alarms on "literal" + std::string&& in g++ 12
endif()
if(HOOKCTL_WERROR)
  target_compile_options(hookctl_options INTERFACE -Werror)
endif()

if(HOOKCTL_SANITIZE STREQUAL "address")
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif(HOOKCTL_SANITIZE STREQUAL "thread")
  set(sanitizers -fsanitize=thread -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND sanitizers -Wno-tsan)  # asio uses atomic_thread_fence, which g++ warns about
  endif()
endif()
if(HOOKCTL_FUZZ)
  list(APPEND sanitizers -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
endif()
if(sanitizers AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  list(APPEND sanitizers -fno-sanitize=function)  # clang 14 cannot put its mark before the parts of a coroutine
endif()
if(sanitizers)
  target_compile_options(hookctl_options INTERFACE ${sanitizers})
  target_link_options(hookctl_options INTERFACE ${sanitizers})
endif()
