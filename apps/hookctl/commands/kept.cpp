#include "commands/kept.hpp"

#include <variant>

#include "base/text.hpp"
#include "gateway/receiver.hpp"
#include "http/codec.hpp"
#include "store/ids.hpp"

namespace hookctl {

Result<std::int64_t> read_id(store::Journal& journal, const std::string& word) {
  if (word != "last") return store::parse_request_id(word);
  auto newest = journal.last();
  if (!newest) return newest.error();
  if (!*newest) return usage_error("the journal " + journal.path() + " holds no request yet", "'hookctl listen' keeps what it receives");
  return (*newest)->id;
}

Result<store::StoredRequest> find_kept(store::Journal& journal, std::int64_t id) {
  auto found = journal.find(id);
  if (!found) return found.error();
  if (!*found) return usage_error("no request " + store::request_id_text(id) + " in " + journal.path(), "'hookctl requests' lists what was kept");
  return **std::move(found);
}

Result<UnixMs> read_since(const Session& session, const std::string& text) {
  if (const auto ago = parse_duration_ms(text)) return session.clock.now() - *ago;
  if (const auto time = parse_iso8601(text)) return *time;
  return usage_error("--since: '" + printable(text) + "' is no time", "give 10m, 2h or 2026-01-31T12:00:00Z");
}

Result<store::Query> read_query(const Session& session, const Arguments& arguments) {
  store::Query query;
  if (const auto text = arguments.text("filter")) {
    auto filter = store::parse_filter(*text);
    if (!filter) return Error{filter.error().kind, "--filter: " + filter.error().message, filter.error().hint};
    query.filter = *std::move(filter);
  }
  if (const auto text = arguments.text("since")) {
    auto since = read_since(session, *text);
    if (!since) return since.error();
    query.since = *since;
  }
  query.bodies = false;
  return query;
}

Result<std::vector<std::int64_t>> chosen_ids(Session& session, const Arguments& arguments, store::Journal& journal) {
  std::vector<std::int64_t> ids;
  for (const std::string& word : arguments.positionals()) {
    auto id = read_id(journal, word);
    if (!id) return id.error();
    ids.push_back(*id);
  }
  const bool chooses = arguments.has("since") || arguments.has("filter");
  if (!ids.empty() && chooses) return usage_error("give ids, or --since and --filter, not both");
  if (!ids.empty()) return ids;
  if (!chooses) return usage_error("which request? give an id, 'last', --since or --filter", "'hookctl requests' lists what was kept");
  auto query = read_query(session, arguments);
  if (!query) return query.error();
  query->newest_first = false;
  auto found = journal.list(*query);
  if (!found) return found.error();
  for (const store::StoredRequest& kept : *found) ids.push_back(kept.id);
  if (ids.empty()) return usage_error("no kept request matches", "'hookctl requests' lists what was kept");
  return ids;
}

http::Request request_of(const store::StoredRequest& kept) {
  http::Limits unlimited;
  unlimited.head = unlimited.fields = SIZE_MAX;
  unlimited.body = UINT64_MAX;
  auto parsed = http::parse_request_head(kept.received.raw_head + "\r\n", unlimited);
  http::Request request;
  if (auto* whole = std::get_if<http::Request>(&parsed)) request = std::move(*whole);
  request.body = kept.received.body;
  request.raw_body = kept.received.raw_body;
  return request;
}

std::string gateway_target(const http::Url& url, const std::string& target) { return gateway::forward_target(url, target); }

}  // namespace hookctl
