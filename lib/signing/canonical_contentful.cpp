// Contentful: an HMAC over method, path, the header fields that a header lists, and body (@contentful/node-apps-toolkit, requests).
#include <map>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "http/url.hpp"
#include "signing/canonical_families.hpp"

namespace hookctl::signing {

namespace {

constexpr std::string_view kList = "x-contentful-signed-headers";
constexpr std::string_view kTimestamp = "x-contentful-timestamp";
constexpr std::int64_t kMaxAgeMs = 29'999;  // the library's 30 s are exclusive

// Fields in lower case, repeats joined as Node.js joins them.
using Fields = std::map<std::string, std::string>;

Fields fields_of(const http::Headers& headers) {
  Fields fields;
  for (const http::Header& header : headers) {
    const auto [place, is_new] = fields.try_emplace(lower(header.name), trim(header.value));
    if (!is_new) place->second.append(", ").append(trim(header.value));
  }
  return fields;
}

// JavaScript's way of escaping: letters, digits, "-_.~" and `kept` stay.
std::string escaped(std::string_view text, std::string_view kept) {
  std::string out;
  for (const char& c : text) out += kept.find(c) != std::string_view::npos ? std::string(1, c) : percent_encode({&c, 1});
  return out;
}

// The path as it goes over the wire, where nothing but ASCII does.
std::string wire_path(std::string_view target) {
  std::string out;
  for (const char& c : target) out += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : percent_encode({&c, 1});
  return out;
}

// The library's getNormalizedEncodedURI: encodeURI(path?escape(query)), which escapes the percent signs of both once more.
std::string canonical_path(const std::string& target) {
  const std::string sent = wire_path(target);
  const auto parts = split(sent, "?");
  std::string uri(parts.front());
  if (parts.size() > 1 && !parts[1].empty()) uri += "?" + escaped(parts[1], "!*'()");
  return escaped(uri, "!*'();,/?:@&=+$#");
}

// The listed fields that are there, with the timestamp, and the list itself as they say it: sorted, and only what is there.
Fields signed_fields(const http::Headers& headers, std::string_view list) {
  const Fields all = fields_of(headers);
  Fields chosen;
  for (std::string_view name : split(list, ",")) {
    if (const auto field = all.find(std::string(name)); field != all.end()) chosen.insert(*field);
  }
  const auto stamp = all.find(std::string(kTimestamp));
  chosen[std::string(kTimestamp)] = stamp == all.end() ? "" : stamp->second;
  chosen[std::string(kList)] = "";
  std::vector<std::string> names;
  for (const auto& [name, value] : chosen) names.push_back(name);
  chosen[std::string(kList)] = join(names, ",");
  return chosen;
}

Demands request_demands(const http::Request& request, std::string_view url) {
  const auto list = request.headers.find(kList);
  if (!list || list->find(',') == std::string_view::npos)
    return {
        {},
        Fault{list ? "wrong_header" : "missing_header", "there is no header '" + std::string(kList) + "' that lists at least two fields"}};
  if (request.headers.find_all(kList).size() > 1)
    return {{}, Fault{"malformed_signature", "the header '" + std::string(kList) + "' stands more than once"}};
  std::vector<std::string> fields;
  for (const auto& [name, value] : signed_fields(request.headers, *list)) fields.push_back(name + ":" + value);
  const auto parsed = http::parse_url(url);
  const std::string path = canonical_path(parsed ? parsed->origin_form() : request.target);
  return {{{{request.method + "\n" + path + "\n" + join(fields, ";") + "\n" + request.body}}}};
}

std::optional<Fault> no_fault(const http::Request&, std::string_view) { return std::nullopt; }

// Lists what Contentful lists: the two fields of its own that must be, the content type and the topic.
Result<std::string> with_list(http::Request& request, std::string_view url) {
  std::string list;
  for (std::string_view name : {std::string_view("content-type"), kList, kTimestamp, std::string_view("x-contentful-topic")}) {
    if (name.starts_with("x-contentful-signed") || request.headers.has(name)) list.append(list.empty() ? "" : ",").append(name);
  }
  request.headers.set(kList, std::move(list));
  return std::string(url);
}

}  // namespace

Canonicaliser contentful_canonicaliser() {
  Scheme scheme{.kind = Kind::hmac};
  scheme.signed_content = {{Part::method}, {Part::url}, {Part::body}};
  scheme.signature = {.from = {Place::header, "x-contentful-signature"}, .encoding = Encoding::hex};
  scheme.timestamp = TimestampForm{{Place::header, std::string(kTimestamp)}, TimeUnit::milliseconds, kMaxAgeMs};
  return {std::move(scheme), request_demands, no_fault, with_list};
}

}  // namespace hookctl::signing
