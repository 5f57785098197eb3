#include "signing/diagnose_url.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kMostGuesses = 600;

enum Dimension : std::size_t { kScheme, kHost, kPort, kPath, kQuery, kDimensions };
constexpr std::array<std::string_view, kDimensions> kNames{"scheme", "host", "port", "path", "query"};

using Parts = std::array<std::string, kDimensions>;  // scheme without "://", port with ':', query with '?'; "" where there is none

Parts parts_of(std::string_view url) {
  Parts parts;
  const std::size_t colon = url.find("://");
  if (colon != std::string_view::npos) {
    parts[kScheme] = url.substr(0, colon);
    url.remove_prefix(colon + 3);
  }
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  const std::string_view authority = url.substr(0, end);
  url.remove_prefix(end);
  const std::size_t bracket = authority.rfind(']');
  const std::size_t port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts[kHost] = authority.substr(0, port);
  if (port != std::string_view::npos) parts[kPort] = authority.substr(port);
  const std::size_t mark = std::min(url.find('?'), url.size());
  parts[kPath] = url.substr(0, mark);
  parts[kQuery] = url.substr(mark);
  return parts;
}

std::string text_of(const Parts& parts) { return parts[kScheme] + "://" + parts[kHost] + parts[kPort] + parts[kPath] + parts[kQuery]; }

// The value of `name=` in a Forwarded field (RFC 7239).
std::string forwarded(const http::Headers& headers, std::string_view name) {
  const std::string_view field = headers.find("Forwarded").value_or("");
  for (std::string_view element : split(field.substr(0, field.find(',')), ";")) {
    const std::size_t equals = element.find('=');
    if (equals == std::string_view::npos || !same_ignoring_case(trim(element.substr(0, equals)), name)) continue;
    std::string value(trim(element.substr(equals + 1)));
    std::erase(value, '"');
    return value;
  }
  return {};
}

class Variants {
 public:
  Variants(const std::string& url, const http::Request& request) : given_(parts_of(url)) {
    for (std::size_t i = 0; i < kDimensions; ++i) options_[i] = {given_[i]};
    const http::Headers& headers = request.headers;
    const auto first = [&](std::string_view name) {
      const std::string_view value = headers.find(name).value_or("");
      return std::string(trim(value.substr(0, value.find(','))));
    };
    for (const std::string& scheme : {first("X-Forwarded-Proto"), forwarded(headers, "proto"), std::string("https"), std::string("http")}) add(kScheme, lower(scheme));
    for (const std::string& host : {first("X-Forwarded-Host"), forwarded(headers, "host"), first("X-Original-Host"), first("Host")}) take_authority(host);
    add(kHost, lower(given_[kHost]));
    options_[kPort].push_back("");
    for (const std::string& port : {first("X-Forwarded-Port"), std::string("443"), std::string("80")}) add(kPort, port.empty() ? "" : ":" + port);
    take_target(request.target);
    for (const char* name : {"X-Original-URI", "X-Original-URL", "X-Rewrite-URL", "X-Envoy-Original-Path", "X-Forwarded-Uri", "X-Forwarded-Path"}) take_target(first(name));
    take_paths(first("X-Forwarded-Prefix"));
    take_queries();
  }

  std::vector<UrlGuess> all() {
    std::vector<UrlGuess> out;
    std::set<std::string> seen{text_of(given_)};
    for (std::size_t changes = 1; changes <= kDimensions && out.size() < kMostGuesses; ++changes) combine(0, changes, given_, "", seen, out);
    return out;
  }

 private:
  void add(Dimension dimension, std::string value) {
    if (!value.empty() && std::ranges::find(options_[dimension], value) == options_[dimension].end()) options_[dimension].push_back(std::move(value));
  }

  void take_authority(const std::string& authority) {
    if (authority.empty()) return;
    const Parts parts = parts_of("x://" + authority);
    add(kHost, parts[kHost]);
    add(kPort, parts[kPort]);
  }

  void take_target(std::string target) {
    if (target.empty()) return;
    if (const std::size_t at = target.find("://"); at != std::string::npos && at < target.find_first_of("/?")) {
      const Parts parts = parts_of(target);
      target = parts[kPath] + parts[kQuery];
    }
    const std::size_t mark = std::min(target.find('?'), target.size());
    add(kPath, target.substr(0, mark));
    add(kQuery, target.substr(mark));
  }

  void take_paths(const std::string& prefix) {
    const std::vector<std::string> known = options_[kPath];
    for (const std::string& path : known) {
      if (path.ends_with('/')) options_[kPath].push_back(path.substr(0, path.size() - 1));
      else add(kPath, path + "/");
      add(kPath, percent_decode(path, false));
      std::string encoded;
      for (const char c : percent_decode(path, false)) encoded += c == '/' ? "/" : percent_encode(std::string_view(&c, 1));
      add(kPath, encoded);
      if (!prefix.empty()) add(kPath, (prefix.ends_with('/') ? prefix.substr(0, prefix.size() - 1) : prefix) + path);
      if (const std::size_t second = path.find('/', 1); second != std::string::npos) add(kPath, path.substr(second));  // a mount point kept
    }
    add(kPath, "/");
    if (!given_[kPath].empty()) options_[kPath].push_back("");
  }

  void take_queries() {
    const std::vector<std::string> known = options_[kQuery];
    for (const std::string& query : known) {
      add(kQuery, percent_decode(query, false));
      add(kQuery, percent_decode(query, true));
      std::string blanks;
      for (const char c : query) blanks += c == '+' ? std::string("%20") : std::string(1, c);
      add(kQuery, blanks);
    }
    if (!given_[kQuery].empty()) options_[kQuery].push_back("");
  }

  // Every URL that differs in exactly `left` of the dimensions from `dimension` on.
  void combine(std::size_t dimension, std::size_t left, const Parts& parts, const std::string& words, std::set<std::string>& seen, std::vector<UrlGuess>& out) {
    if (out.size() >= kMostGuesses) return;
    if (left == 0) {
      std::string url = text_of(parts);
      if (seen.insert(url).second) out.push_back({std::move(url), words});
      return;
    }
    if (dimension + left > kDimensions) return;
    for (const std::string& option : options_[dimension]) {
      Parts other = parts;
      other[dimension] = option;
      const bool changed = option != given_[dimension];
      const std::string more = changed ? words + (words.empty() ? "" : " and ") + std::string(kNames[dimension]) : words;
      combine(dimension + 1, left - (changed ? 1 : 0), other, more, seen, out);
    }
  }

  Parts given_;
  std::array<std::vector<std::string>, kDimensions> options_;
};

}  // namespace

std::vector<UrlGuess> other_urls(const std::string& url, const http::Request& request) {
  if (url.empty()) return {};
  return Variants(url, request).all();
}

}  // namespace hookctl::signing
