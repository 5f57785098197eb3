#include "http/message.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace hookctl::http {

namespace {

// Calls `visit` with each comma-separated element; stops when it says true, and says so.
template <typename Visit>
bool any_element(std::string_view value, Visit visit) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (visit(trim_blanks(value.substr(0, comma)))) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

}  // namespace

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const Header& field : fields_) {
    if (same_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::find_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Header& field : fields_) {
    if (same_ignoring_case(field.name, name)) values.push_back(field.value);
  }
  return values;
}

bool Headers::has_token(std::string_view name, std::string_view token) const noexcept {
  return std::any_of(fields_.begin(), fields_.end(), [&](const Header& field) {
    return same_ignoring_case(field.name, name) &&
           any_element(field.value, [&](std::string_view element) { return same_ignoring_case(element, token); });
  });
}

void Headers::set(std::string_view name, std::string value) {
  bool placed = false;
  std::erase_if(fields_, [&](Header& field) {
    if (!same_ignoring_case(field.name, name)) return false;
    if (placed) return true;
    placed = true;
    field.value = std::move(value);
    field.name = std::string(name);
    return false;
  });
  if (!placed) add(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Header& field) { return same_ignoring_case(field.name, name); });
}

bool is_hop_by_hop(const Headers& all, std::string_view name) noexcept {
  static constexpr std::array<std::string_view, 7> kFixed{
      "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Upgrade"};
  static constexpr std::array<std::string_view, 3> kNever{"Content-Length", "Host", "Transfer-Encoding"};
  const auto is_name = [&](std::string_view known) { return same_ignoring_case(known, name); };
  if (std::any_of(kFixed.begin(), kFixed.end(), is_name)) return true;
  if (std::any_of(kNever.begin(), kNever.end(), is_name)) return false;
  return all.has_token("Connection", name);
}

std::string_view reason_phrase(int status) noexcept {
  struct Phrase {
    int status;
    std::string_view words;
  };
  static constexpr Phrase kPhrases[] = {
      {100, "Continue"},          {101, "Switching Protocols"},  {200, "OK"},
      {201, "Created"},           {202, "Accepted"},             {203, "Non-Authoritative Information"},
      {204, "No Content"},        {205, "Reset Content"},        {206, "Partial Content"},
      {300, "Multiple Choices"},  {301, "Moved Permanently"},    {302, "Found"},
      {303, "See Other"},         {304, "Not Modified"},         {307, "Temporary Redirect"},
      {308, "Permanent Redirect"}, {400, "Bad Request"},         {401, "Unauthorized"},
      {402, "Payment Required"},  {403, "Forbidden"},            {404, "Not Found"},
      {405, "Method Not Allowed"}, {406, "Not Acceptable"},      {408, "Request Timeout"},
      {409, "Conflict"},          {410, "Gone"},                 {411, "Length Required"},
      {412, "Precondition Failed"}, {413, "Content Too Large"},  {414, "URI Too Long"},
      {415, "Unsupported Media Type"}, {417, "Expectation Failed"}, {418, "I'm a Teapot"},
      {421, "Misdirected Request"}, {422, "Unprocessable Content"}, {425, "Too Early"},
      {426, "Upgrade Required"},  {428, "Precondition Required"}, {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"},
      {502, "Bad Gateway"},       {503, "Service Unavailable"},  {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  };
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return phrase.words;
  }
  return "";
}

}  // namespace hookctl::http
