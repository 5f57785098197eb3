// Kept requests as commands name and use them.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "http/message.hpp"
#include "http/url.hpp"
#include "store/journal.hpp"

namespace hookctl {

// "req_7k2", "7k2" or "last". `usage` when there is no such request.
Result<std::int64_t> read_id(store::Journal& journal, const std::string& word);
Result<store::StoredRequest> find_kept(store::Journal& journal, std::int64_t id);

// A point in time before now: "10m" ago, or an ISO 8601 time.
Result<UnixMs> read_since(const Session& session, const std::string& text);

// The query of --filter and --since, without bodies.
Result<store::Query> read_query(const Session& session, const Arguments& arguments);

// The ids that the arguments name, oldest first where --since or --filter choose. `usage` when they choose none.
Result<std::vector<std::int64_t>> chosen_ids(Session& session, const Arguments& arguments, store::Journal& journal);

// The kept bytes as a request again, ready to be passed on as received.
http::Request request_of(const store::StoredRequest& kept);

// gateway::forward_target, for one who holds a URL and a request's own target.
std::string gateway_target(const http::Url& url, const std::string& target);

}  // namespace hookctl
