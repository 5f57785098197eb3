#include "ui/provider_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "signing/canonical.hpp"
#include "ui/scheme_words.hpp"

namespace hookctl::ui {

namespace {

constexpr std::size_t kNameColumn = 16;

Json optional_text(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// Facts that nobody has looked up: they are shown, and marked.
bool is_remembered(const std::string& confidence) { return confidence == "unverified" || confidence == "memory"; }

Json seconds_of(std::int64_t ms) { return ms % 1000 == 0 ? Json(ms / 1000) : Json(static_cast<double>(ms) / 1000); }

Json gaps_in_seconds(const provider::DeliveryFacts& delivery) {
  if (!delivery.schedule_known) return nullptr;
  Json gaps = Json::array();
  for (const std::int64_t gap : delivery.rules.gaps_ms) gaps.push_back(seconds_of(gap));
  return gaps;
}

std::string gap_words(const provider::DeliveryFacts& delivery) {
  if (!delivery.schedule_known || delivery.rules.gaps_ms.empty()) return "";
  std::vector<std::string> gaps;
  const auto& list = delivery.rules.gaps_ms;
  for (auto at = list.begin(); at != list.end();) {
    const auto end = std::find_if(at, list.end(), [&](std::int64_t gap) { return gap != *at; });
    const std::string times = end - at > 1 ? std::to_string(end - at) + " times " : "";
    gaps.push_back(times + (*at == 0 ? "none" : span_words(*at)));
    at = end;
  }
  return std::string(delivery.schedule_estimated ? "estimated: " : "") + join(gaps, ", ");
}

std::string names_words(const std::vector<std::string>& templates) {
  std::vector<std::string> words;
  for (const std::string& text : templates) words.push_back(template_words(text));
  return join(words, ", else ");
}

std::string recognition_words(const provider::Provider& provider) {
  std::vector<std::string> alternatives;
  for (const auto& conditions : provider.recognise) {
    std::vector<std::string> words;
    for (const provider::HeaderCondition& each : conditions) words.push_back(each.name + (each.prefix.empty() ? "" : ": " + each.prefix + "…"));
    alternatives.push_back(join(words, " and "));
  }
  return alternatives.empty() ? "not by its headers: only --provider names it" : "by the header" + std::string(provider.recognise.front().size() > 1 ? "s " : " ") + join(alternatives, ", or ");
}

std::string challenge_words(const provider::Provider& provider) {
  std::vector<std::string> words;
  for (const provider::Challenge& challenge : provider.challenges) words.push_back(challenge.name + ": " + challenge.summary);
  return words.empty() ? provider.challenge : join(words, "; ");
}

void add_delivery(std::vector<Fact>& facts, const provider::DeliveryFacts& delivery) {
  facts.push_back({"answer within", delivery.timeout_s ? span_words(static_cast<std::int64_t>(*delivery.timeout_s * 1000)) : "not published"});
  facts.push_back({"success", delivery.success});
  facts.push_back({"retries", delivery.retry});
  facts.push_back({"waits", gap_words(delivery)});
  facts.push_back({"gives up", delivery.auto_disable});
  if (is_remembered(delivery.confidence)) facts.push_back({"delivery facts", "unverified: remembered, not looked up"});
}

std::vector<Fact> facts_of(const provider::Provider& provider) {
  std::vector<Fact> facts;
  const auto ways = signing::ways(provider.scheme);
  for (std::size_t i = 0; i < ways.size(); ++i) {
    if (ways.size() > 1) facts.push_back({"way " + std::to_string(i + 1) + " of " + std::to_string(ways.size()), i == 0 ? "any may hold; hookctl signs this way" : ""});
    const auto way = describe(ways[i]);
    facts.insert(facts.end(), way.begin(), way.end());
  }
  facts.push_back({"secret", provider.secret_form});
  facts.push_back({"event type", names_words(provider.event_type)});
  facts.push_back({"event id", names_words(provider.event_id)});
  facts.push_back({"recognised", recognition_words(provider)});
  add_delivery(facts, provider.delivery);
  facts.push_back({"challenge", challenge_words(provider)});
  facts.push_back({"note", provider.quirks});
  facts.push_back({"source", provider.source});
  facts.push_back({"confidence", is_remembered(provider.confidence) ? "unverified: remembered, not looked up" : provider.confidence});
  facts.push_back({"file", provider.file});
  return facts;
}

Json source_record(const signing::Source& source) {
  static constexpr const char* kPlaces[] = {"header", "json", "kv"};
  return std::string(kPlaces[static_cast<std::size_t>(source.place)]) + ":" + source.name;
}

Json seconds_record(const std::optional<std::int64_t>& ms) { return ms ? seconds_of(*ms) : Json(nullptr); }

Json way_record(const signing::Scheme& given) {
  static constexpr const char* kUnits[] = {"s", "ms", "iso8601"};
  const signing::Scheme& way = signing::in_effect(given);
  Json record;
  record["algorithm"] = scheme_name(way);
  record["canonicaliser"] = optional_text(given.code);
  record["signature_from"] = way.signature.from.name.empty() ? Json(nullptr) : source_record(way.signature.from);
  record["signed"] = given.kind == signing::Kind::code ? Json(nullptr) : optional_text(signed_template(way.signed_content));
  Json timestamp(nullptr);
  if (way.timestamp) {
    timestamp = {{"from", source_record(way.timestamp->from)},
                 {"unit", kUnits[static_cast<std::size_t>(way.timestamp->unit)]},
                 {"max_age_s", seconds_record(way.timestamp->max_age_ms)},
                 {"max_future_s", seconds_record(way.timestamp->max_future_ms)}};
  }
  record["timestamp"] = std::move(timestamp);
  record["id_from"] = way.id ? source_record(*way.id) : Json(nullptr);
  Json words = Json::object();
  for (const Fact& fact : describe(given)) words[fact.name] = fact.text;
  record["words"] = std::move(words);
  return record;
}

Json recognise_record(const provider::Provider& provider) {
  Json alternatives = Json::array();
  for (const auto& conditions : provider.recognise) {
    Json alternative = Json::array();
    for (const provider::HeaderCondition& each : conditions) alternative.push_back({{"header", each.name}, {"prefix", optional_text(each.prefix)}});
    alternatives.push_back(std::move(alternative));
  }
  return alternatives;
}

}  // namespace

std::string provider_text(const Paint& paint, const provider::Provider& provider, std::size_t width) {
  std::string out = paint.bold(provider.id) + "  " + printable(provider.title) + "\n";
  if (!provider.summary.empty()) out += "  " + wrapped(printable(provider.summary), 2, width) + "\n";
  for (const Fact& fact : facts_of(provider)) {
    if (fact.text.empty() && !fact.name.starts_with("way ")) continue;
    std::string line = "  " + paint.dim(pad(fact.name, kNameColumn)) + wrapped(printable(fact.text), kNameColumn + 2, width);
    out += fact.text.empty() ? "  " + paint.dim(fact.name) + "\n" : line + "\n";
  }
  return out;
}

Json provider_record(const provider::Provider& provider, const std::vector<std::string>& events) {
  const provider::DeliveryFacts& delivery = provider.delivery;
  Json record;
  record["schema"] = "hookctl.provider_facts.v1";
  record["id"] = provider.id;
  record["title"] = provider.title;
  record["summary"] = provider.summary;
  record["algorithm"] = scheme_name(provider.scheme);
  record["supported"] = signing::is_supported(provider.scheme);
  record["secret"] = optional_text(provider.secret_form);
  record["ways"] = Json::array();
  for (const signing::Scheme& way : signing::ways(provider.scheme)) record["ways"].push_back(way_record(way));
  record["event_type"] = provider.event_type;
  record["event_id"] = provider.event_id;
  record["recognise"] = recognise_record(provider);
  record["timeout_s"] = delivery.timeout_s ? Json(*delivery.timeout_s) : Json(nullptr);
  record["retry"] = optional_text(delivery.retry);
  record["retry_after_s"] = gaps_in_seconds(delivery);
  record["retry_estimate"] = delivery.schedule_estimated;
  record["success"] = optional_text(delivery.success);
  record["auto_disable"] = optional_text(delivery.auto_disable);
  record["delivery_confidence"] = optional_text(delivery.confidence);
  record["challenge"] = optional_text(provider.challenge);
  record["challenges"] = Json::array();
  for (const provider::Challenge& challenge : provider.challenges) record["challenges"].push_back({{"name", challenge.name}, {"summary", challenge.summary}});
  record["quirks"] = optional_text(provider.quirks);
  record["source"] = optional_text(provider.source);
  record["confidence"] = optional_text(provider.confidence);
  record["file"] = optional_text(provider.file);
  record["events"] = events;
  return record;
}

Json recognition_record(const provider::Recognition& recognition) {
  if (recognition.provider == nullptr) return nullptr;
  Json record;
  record["provider"] = recognition.provider->id;
  record["sureness"] = to_text(recognition.sureness);
  record["by"] = recognition.by_signature ? Json::array({"signature"}) : Json(recognition.by);
  record["others"] = Json::array();
  for (const provider::Provider* other : recognition.others) record["others"].push_back(other->id);
  return record;
}

}  // namespace hookctl::ui
