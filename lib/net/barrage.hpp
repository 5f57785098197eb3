// The door to the http::BarrageClient that speaks over sockets: a few connections on one event loop that lives as long as the run.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "http/barrage.hpp"
#include "net/loop.hpp"

namespace hookctl::net {

// `unavailable` when the CA file cannot be read. Of the limits on answers the body's is at most 4 MiB, whatever `options` say. What goes wrong
// on a connection is in the replies; when there are no descriptors for a loop, every reply says so. What the source throws comes out of run().
//
// A connection is made when a request needs it. A body that does not fit into the socket's buffers is written beside the reading: an endpoint that
// answers early and reads no more is heard, and its connection ends with that answer. Where the URL has a name, the address that answered is used
// for the connections that follow, until it refuses one (not over TLS, which checks the name).
Result<std::unique_ptr<http::BarrageClient>> make_barrage_client(const ClientOptions& options);

}  // namespace hookctl::net
