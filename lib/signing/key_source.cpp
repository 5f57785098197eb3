// Hosts are compared label by label: a pattern is no place for "looks like".
#include "signing/key_source.hpp"

#include <algorithm>
#include <list>

#include "base/text.hpp"
#include "http/url.hpp"
#include "signing/canonical.hpp"
#include "signing/place.hpp"

namespace hookctl::signing {

namespace {

bool is_label(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_on(std::string_view host, std::string_view pattern) {
  auto labels = split(host, ".");
  auto wanted = split(pattern, ".");
  if (wanted.front() == "*" && labels.size() > wanted.size()) {
    const auto surplus = static_cast<std::ptrdiff_t>(labels.size() - wanted.size());
    if (!std::all_of(labels.begin(), labels.begin() + surplus, is_label)) return false;
    labels.erase(labels.begin(), labels.begin() + surplus);
  }
  return std::ranges::equal(
      labels, wanted, [](std::string_view label, std::string_view form) { return is_label(label) && (form == "*" || label == form); });
}

// "https://host:443/…" too: the providers' own libraries refuse any port.
bool names_port(std::string_view url) {
  const std::size_t start = url.find("//") + 2;
  return url.substr(start, url.find_first_of("/?#", start) - start).find(':') != std::string_view::npos;
}

const KeySource* source_of(const Scheme& scheme) {
  for (const Scheme& way : ways(scheme)) {
    const Scheme& used = in_effect(way);
    if (used.key_source) return &*used.key_source;
  }
  return nullptr;
}

}  // namespace

Result<void> check_key_url(std::string_view text, const std::vector<std::string>& hosts) {
  const auto url = http::parse_url(text);
  if (!url) return usage_error("the keys' URL '" + printable(text) + "' is malformed: " + url.error().message);
  constexpr std::string_view kStart = "https://";
  if (!same_ignoring_case(text.substr(0, kStart.size()), kStart) || names_port(text))
    return usage_error("keys are fetched by https and from no port that is named, not from '" + printable(text) + "'");
  const std::string host = lower(url->host);
  if (std::ranges::any_of(hosts, [&](const std::string& pattern) { return is_on(host, lower(pattern)); })) return {};
  return usage_error("'" + printable(url->host) + "' is not a host of this provider's keys (" + join(hosts, ", ") + ")",
                     "whoever sent this wants another key to be used: do not accept it");
}

bool names_key_url(const Scheme& scheme) noexcept {
  const KeySource* source = source_of(scheme);
  return source != nullptr && source->from.has_value();
}

Result<std::string> key_url(const Scheme& scheme, const http::Request& request) {
  const KeySource* source = source_of(scheme);
  if (source == nullptr) return usage_error("this provider does not publish its keys at a URL that is known", "give the key itself");
  std::string url = source->url;
  if (source->from) {
    std::list<std::string> keep;
    const auto named = find(*source->from, request, document_of(scheme, request), keep);
    if (!named) return usage_error("the request does not say where its key is: there is no " + describe(*source->from));
    url = *named;
  }
  if (auto good = check_key_url(url, source->hosts); !good) return good.error();
  return url;
}

}  // namespace hookctl::signing
