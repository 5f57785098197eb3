# Where the libraries come from: the system first (find_package, pkg-config, a plain header), a pinned download only when that fails.
# After this file these targets exist: nlohmann_json::nlohmann_json, CLI11::CLI11, OpenSSL::SSL, OpenSSL::Crypto, SQLite::SQLite3,
# hookctl_asio, hookctl_toml, hookctl_httplib, Threads::Threads, and doctest::doctest when tests are built.
include(FetchContent)
set(FETCHCONTENT_QUIET OFF)
find_package(PkgConfig QUIET)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.35 REQUIRED)

# hookctl_fetch(name repository commit): the pinned copy, added to the build; used only where the system has none.
macro(hookctl_fetch name repository commit)
  message(STATUS "hookctl: ${name} is not installed; fetching ${repository} at ${commit}")
  # Built with us, but never installed with us.
  if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.28)
    FetchContent_Declare(${name} GIT_REPOSITORY https://github.com/${repository}.git GIT_TAG ${commit} EXCLUDE_FROM_ALL SYSTEM)
    FetchContent_MakeAvailable(${name})
  else()
    FetchContent_Declare(${name} GIT_REPOSITORY https://github.com/${repository}.git GIT_TAG ${commit})
    FetchContent_GetProperties(${name})
    if(NOT ${name}_POPULATED)
      FetchContent_Populate(${name})
      if(EXISTS ${${name}_SOURCE_DIR}/CMakeLists.txt)
        add_subdirectory(${${name}_SOURCE_DIR} ${${name}_BINARY_DIR} EXCLUDE_FROM_ALL)
      endif()
    endif()
  endif()
endmacro()

find_package(nlohmann_json 3.10 QUIET)
if(NOT nlohmann_json_FOUND)
  hookctl_fetch(nlohmann_json nlohmann/json bc889afb4c5bf1c0d8ee29ef35eaaf4c8bef8a5d)  # v3.11.2
endif()

find_package(CLI11 2.1 QUIET)
if(NOT CLI11_FOUND)
  hookctl_fetch(cli11 CLIUtils/CLI11 291c58789c031208f08f4f261a858b5b7083e8e2)  # v2.3.2
endif()

# Standalone Asio is headers only; Debian ships neither a CMake file nor a .pc file for it.
find_path(ASIO_INCLUDE_DIR asio.hpp)
if(NOT ASIO_INCLUDE_DIR)
  hookctl_fetch(asio chriskohlhoff/asio 12e0ce9e0500bf0f247dbd1ae894272656456079)  # asio-1-30-2
  set(ASIO_INCLUDE_DIR ${asio_SOURCE_DIR}/asio/include)
endif()
add_library(hookctl_asio INTERFACE)
target_include_directories(hookctl_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
# Aligned allocation: asio decides by what was included before it, so two files might disagree on how a frame is freed.
target_compile_definitions(hookctl_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_SEPARATE_COMPILATION ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(hookctl_asio INTERFACE Threads::Threads)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)
  # clang 14 has coroutines but does not say so; without these asio leaves its own out.
  target_compile_options(hookctl_asio INTERFACE -Wno-builtin-macro-redefined)
  target_compile_definitions(hookctl_asio INTERFACE __cpp_impl_coroutine=201902L ASIO_HAS_CO_AWAIT=1 ASIO_HAS_STD_COROUTINE=1)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(hookctl_asio INTERFACE -fcoroutines)
endif()

# toml++ as headers: one file of ours includes it, and a program that reads no configuration need not load a library for it.
find_path(TOMLPP_INCLUDE_DIR toml++/toml.h)
if(NOT TOMLPP_INCLUDE_DIR)
  hookctl_fetch(tomlplusplus marzer/tomlplusplus c635f218c0aefc801d9748841930365e54fe3089)  # v3.3.0
  set(TOMLPP_INCLUDE_DIR ${tomlplusplus_SOURCE_DIR}/include)
endif()
add_library(hookctl_toml INTERFACE)
target_include_directories(hookctl_toml SYSTEM INTERFACE ${TOMLPP_INCLUDE_DIR})
target_compile_definitions(hookctl_toml INTERFACE TOML_HEADER_ONLY=1 TOML_EXCEPTIONS=0 TOML_ENABLE_FORMATTERS=0)

# cpp-httplib: a CMake package in newer systems, pkg-config in Debian 12.
add_library(hookctl_httplib INTERFACE)
find_package(httplib QUIET CONFIG)
if(httplib_FOUND)
  target_link_libraries(hookctl_httplib INTERFACE httplib::httplib)
else()
  if(PkgConfig_FOUND)
    pkg_check_modules(HTTPLIB QUIET IMPORTED_TARGET cpp-httplib)
  endif()
  if(HTTPLIB_FOUND)
    target_link_libraries(hookctl_httplib INTERFACE PkgConfig::HTTPLIB)
  else()
    hookctl_fetch(httplib yhirose/cpp-httplib 5814e121dfb5049f72a5c3956c3c8961b40da78b)  # v0.18.7
    target_link_libraries(hookctl_httplib INTERFACE httplib::httplib)
  endif()
endif()
target_link_libraries(hookctl_httplib INTERFACE Threads::Threads)

if(HOOKCTL_TESTS)
  find_package(doctest 2.4 QUIET)
  if(NOT doctest_FOUND)
    hookctl_fetch(doctest doctest/doctest b7c21ec5ceeadb4951b00396fc1e4642dd347e5f)  # v2.4.9
  endif()
endif()
