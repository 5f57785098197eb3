// The lines people read: one for each request that came, one for each answer, and the longer texts about a single thing. All text that a
// peer controls is made safe to print here. Pure, thread-safe; every line ends with '\n'.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/transport.hpp"
#include "provider/provider.hpp"
#include "signing/diagnose.hpp"
#include "signing/verify.hpp"
#include "store/record.hpp"
#include "ui/terminal.hpp"

namespace hookctl::ui {

// "18:40:01.204  --> invoice.paid  evt_1NG8…  valid    req_7k2". `name` stands for the event where its type is unknown ("POST /path").
struct ArrivalLine {
  UnixMs at{0};
  std::string name;
  std::string event_id;
  signing::Verdict verdict{signing::Verdict::unverified};
  std::string code;
  std::optional<std::int64_t> age_ms;
  std::string request_id;
  std::string cause{};  // why it is invalid, where that is certain: a second line
};
std::string arrival_line(const Paint& paint, const ArrivalLine& line);

// "18:40:01.219  <-- 200 POST /webhook  15 ms    req_7k2", or why there was no answer.
struct AnswerLine {
  UnixMs at{0};
  std::string method;
  std::string path;
  std::int64_t duration_ms{0};
  std::string request_id;
};
std::string answer_line(const Paint& paint, const AnswerLine& line, const http::SendResult& result);

// The start of a body for a person: printable, at most `limit` bytes, indented.
std::string body_excerpt(std::string_view body, std::size_t limit, std::string_view indent = "    ");

// A verification in full: verdict, cause, next step, signed content, expected and received signature. `diagnoses` of an invalid one: the first
// is told in full, those behind it in a line each.
std::string verification_text(const Paint& paint, const provider::Provider* provider, const signing::Verification& verification,
                              const std::vector<signing::Diagnosis>& diagnoses = {});

// A kept request in full: where it came from, its verdict, head and body, its attempts.
std::string request_text(const Paint& paint, const store::StoredRequest& request);

// One row of `hookctl requests`.
std::string request_row(const Paint& paint, const store::StoredRequest& request);

// "POST /path" without control characters.
std::string request_name(std::string_view method, std::string_view target);

}  // namespace hookctl::ui
