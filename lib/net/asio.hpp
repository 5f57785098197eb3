// Asio as this room uses it: the one file that knows its versions (1.22 to 1.38). Nothing outside lib/net includes it.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/version.hpp>
#include <asio/write.hpp>
#include <chrono>

#if ASIO_VERSION >= 102400
#include <asio/as_tuple.hpp>
#else
#include <asio/experimental/as_tuple.hpp>
#endif

namespace hookctl::net {

using tcp = asio::ip::tcp;
using ErrorCode = asio::error_code;
// Concrete executor types spare a type-erased call per operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Resolver = asio::ip::basic_resolver<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

template <typename T>
using Awaitable = asio::awaitable<T, Executor>;

// Completion token of every co_await here: errors come as values, `auto [error, n] = co_await …`.
// g++ 12 miscompiles brace temporaries inside a co_await expression: name such values first.
#if ASIO_VERSION >= 102400
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable_t<Executor>{});
#else
inline constexpr auto as_result = asio::experimental::as_tuple(asio::use_awaitable_t<Executor>{});
#endif

}  // namespace hookctl::net
