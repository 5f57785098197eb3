// The door to the http::WireClient that speaks over sockets: every plan of an exchange is a connection of its own, all on one event loop
// that lives as long as the exchange.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "http/wire_plan.hpp"
#include "net/loop.hpp"

namespace hookctl::net {

// `unavailable` when the CA file cannot be read. Of the limits on answers the body's is at most 4 MiB, whatever `options` say. What goes
// wrong on a connection is in its reply; when there are no descriptors for a loop, every reply says so.
//
// Within a plan: a piece's pause comes first, then its wait for "100 Continue", then its wait for the others. The first piece held for
// `together` is the one that is waited for; once all have come the way is open. When the endpoint's answers are all there, or it has ended
// the connection, what is left to write is given up. Answers are taken with any ending, as far as they come before it; with close and reset
// a reply has a failure only when no connection could be made or the time was over before everything was written.
Result<std::unique_ptr<http::WireClient>> make_wire_client(const ClientOptions& options);

}  // namespace hookctl::net
