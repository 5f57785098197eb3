#include "commands/retries.hpp"

#include "base/text.hpp"
#include "provider/template.hpp"

namespace hookctl {

namespace {

constexpr std::size_t kGapsShown = 8;

bool is_unverified(const provider::DeliveryFacts& facts) { return facts.confidence != "documented"; }

Error unknown_schedule(const provider::Provider& provider) {
  const std::string known = provider.delivery.retry.empty() ? std::string() : " (known is: " + provider.delivery.retry + ")";
  return usage_error("the retry schedule of '" + provider.id + "' is not published" + known, "give the gaps yourself: --retries 1s,5s,1m");
}

// "5 s, 5 m, 30 m, …"
std::string gaps_words(const std::vector<std::int64_t>& gaps) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < gaps.size() && i < kGapsShown; ++i) words.push_back(gaps[i] == 0 ? "at once" : duration_text(gaps[i]));
  return join(words, ", ") + (gaps.size() > kGapsShown ? ", … (" + std::to_string(gaps.size()) + " in all)" : "");
}

// The words that Slack has for a failure; other providers that name one use their own header values.
std::string reason_of(const delivery::Attempt& attempt) {
  const auto* failure = std::get_if<http::SendFailure>(&attempt.result);
  if (failure == nullptr) return "http_error";
  switch (failure->fault) {
    case http::SendFault::timeout:
      return "http_timeout";
    case http::SendFault::tls:
      return "ssl_error";
    case http::SendFault::unreachable:
      return "connection_failed";
    case http::SendFault::closed:
    case http::SendFault::malformed:
      return "unknown_error";
  }
  return "unknown_error";
}

}  // namespace

std::vector<Option> delivery_options() {
  return {{"retries", 0, ValueKind::text, "SCHEDULE", "try again after a failure: provider (its own schedule, timeout and rules), none, or gaps such as 1s,5s (none)", "Delivery"},
          {"time-scale", 0, ValueKind::text, "N", "waits between tries are N times shorter: 1000 makes an hour 3.6 s (1)", "Delivery"}};
}

Result<Delivering> read_delivering(const Arguments& arguments, const provider::Provider& provider) {
  Delivering delivering;
  if (const auto text = arguments.text("time-scale")) {
    const auto scale = parse_decimal(*text);
    if (!scale || *scale < 1 || *scale > 1e9) return usage_error("--time-scale: '" + printable(*text) + "' is not a number from 1", "as in --time-scale 1000: a wait of an hour takes 3.6 s");
    delivering.time_scale = *scale;
  }
  const std::string schedule = arguments.text("retries", "none");
  if (schedule == "provider") {
    if (!provider.delivery.schedule_known) return unknown_schedule(provider);
    delivering.as = &provider;
    delivering.rules = provider.delivery.rules;
    if (provider.delivery.timeout_s) delivering.timeout_ms = static_cast<std::int64_t>(*provider.delivery.timeout_s * 1000);
  } else {
    auto gaps = delivery::parse_gaps(schedule);
    if (!gaps) return gaps.error();
    delivering.rules.gaps_ms = *std::move(gaps);
  }
  delivering.timeout_ms = arguments.duration_ms("timeout", delivering.timeout_ms);
  return delivering;
}

std::string delivering_words(const Delivering& delivering) {
  if (delivering.as == nullptr) return "";
  const provider::DeliveryFacts& facts = delivering.as->delivery;
  std::string words = "as " + delivering.as->id + " delivers: waits " + duration_text(delivering.timeout_ms) + " for an answer" + (facts.timeout_s ? "" : " (its own limit is not published)") + "; ";
  words += facts.rules.gaps_ms.empty() ? "tries once" : "tries again after " + gaps_words(facts.rules.gaps_ms);
  if (facts.schedule_estimated) words += " (estimated; published is: " + facts.retry + ")";
  words += "\n";
  if (is_unverified(facts)) words += "  unverified: these facts are remembered, not read in the provider's documentation\n";
  return words;
}

std::string next_words(const Delivering& delivering, const delivery::Attempt& attempt) {
  const delivery::Step& step = attempt.next;
  if (step.next == delivery::Next::done) return "";
  const std::string who = delivering.as == nullptr ? "" : delivering.as->id + " ";
  if (step.next == delivery::Next::give_up) return who.empty() ? "" : "    " + who + "gives up: " + step.why + "\n";
  const std::string wait = duration_text(step.wait_ms);
  std::string words = who.empty() ? "    next try in " + wait : "    " + who + "tries again in " + wait;
  if (delivering.time_scale > 1) words += " (" + duration_text(static_cast<std::int64_t>(static_cast<double>(step.wait_ms) / delivering.time_scale)) + " here)";
  return words + "\n";
}

http::Headers retry_headers(const Delivering& delivering, std::size_t number, const delivery::Attempt* last) {
  http::Headers headers;
  if (delivering.as == nullptr || number == 0 || last == nullptr) return headers;
  for (const http::Header& field : delivering.as->delivery.retry_headers) {
    const auto value = provider::expand(field.value, [&](std::string_view name) -> std::optional<std::string> {
      if (name == "retry") return std::to_string(number);
      if (name == "attempt") return std::to_string(number + 1);
      if (name == "reason") return reason_of(*last);
      return std::nullopt;
    });
    headers.add(field.name, value.value_or(field.value));
  }
  return headers;
}

std::string SharedStanding::count(const delivery::Attempt& attempt) {
  if (delivering_.as == nullptr) return "";
  const std::lock_guard<std::mutex> lock(mutex_);
  if (standing_.switched_off()) return "";
  return standing_.count(delivering_.rules, attempt.result, steady_ms() - begun_ + attempt.ahead_ms).value_or("");
}

bool SharedStanding::switched_off() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return standing_.switched_off().has_value();
}

}  // namespace hookctl
