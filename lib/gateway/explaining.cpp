#include "gateway/explaining.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/json_path.hpp"
#include "http/codec.hpp"
#include "http/url.hpp"
#include "provider/explain.hpp"

namespace hookctl::gateway {

namespace {

constexpr int kEachSecond = 10;
constexpr std::size_t kEffort = signing::DiagnoseInputs::kQuickEffort;  // and with it 30 ms
constexpr std::int64_t kLastStart = 20;                                 // of the 50 ms each second: none begins when more is spent
constexpr std::size_t kLargestBody = 256 * 1024;

bool has_token(const signing::Scheme& scheme) {
  return std::ranges::any_of(signing::ways(scheme), [](const signing::Scheme& way) { return way.kind == signing::Kind::token; });
}

bool names_this_machine(std::string_view authority) {
  const auto url = http::parse_url("http://" + std::string(authority));
  return url && http::is_loopback(url->host);
}

}  // namespace

std::optional<signing::Diagnosis> Explaining::explain(provider::Catalog& catalog, const provider::Provider& sender, const signing::Keys& keys, const http::Request& request,
                                                      const signing::VerifyInputs& inputs, const signing::Verification& found) {
  const std::int64_t second = steady_ms() / 1000;
  if (second != second_) {
    this_second_ = 0;
    spent_ms_ = 0;
  }
  second_ = second;
  if (found.verdict != signing::Verdict::invalid || request.body.size() > kLargestBody || spent_ms_ > kLastStart || ++this_second_ > kEachSecond) return std::nullopt;
  if (!catalog.all()) return std::nullopt;  // read once, and no part of what a request costs
  const std::int64_t begun = steady_ms();
  auto all = provider::explain(catalog, {.provider = sender, .keys = keys, .request = request, .inputs = inputs, .found = found, .effort = kEffort});
  spent_ms_ += steady_ms() - begun;
  if (all.empty()) return std::nullopt;
  if (has_token(sender.scheme) && all.front().code == "secret_form" && all.front().confidence == signing::Confidence::certain) return std::nullopt;
  return std::move(all.front());
}

bool is_local(const std::string& remote, const http::Request& request) {
  for (const char* name : {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"}) {
    if (request.headers.has(name)) return false;
  }
  return names_this_machine(remote) && names_this_machine(request.headers.find("Host").value_or(""));
}

http::Response invalid_answer(const std::string& plain, const signing::Diagnosis* diagnosis, const std::string& request_id) {
  if (diagnosis == nullptr) return http::json_answer(401, "invalid_signature", plain, request_id);
  http::Response answer = http::json_answer(401, "invalid_signature", diagnosis->code + ": " + diagnosis->cause, request_id);
  answer.body.resize(answer.body.rfind('}'));
  answer.body += ",\"code\":" + json_quote(diagnosis->code) + ",\"cause\":" + json_quote(diagnosis->cause) + ",\"remedy\":" + json_quote(diagnosis->remedy) +
                 ",\"confidence\":" + json_quote(to_text(diagnosis->confidence)) + "}\n";
  answer.headers.set("Content-Length", std::to_string(answer.body.size()));
  return answer;
}

}  // namespace hookctl::gateway
