#include "check/event_type.hpp"

#include <algorithm>

#include "base/json_path.hpp"

namespace hookctl::check {

namespace {

// The inside of the first {…} of a template: "json:type".
std::string first_name(const std::string& text) {
  const std::size_t open = text.find('{');
  const std::size_t close = text.find('}', open);
  return open == std::string::npos || close == std::string::npos ? "" : text.substr(open + 1, close - open - 1);
}

bool names(const std::string& text, const std::string& path) { return text.find("{json:" + path + "}") != std::string::npos; }

}  // namespace

std::optional<Step> with_type(const Subject& subject, const std::string& event, const std::string& type) {
  for (const std::string& text : subject.provider->event_type) {
    const std::string name = first_name(text);
    Step step;
    step.event = event;
    if (name.starts_with("header:")) {
      step.headers.add(name.substr(7), type);
      return step;
    }
    const provider::Fixture* sample = subject.sample(event);
    if (sample == nullptr || !name.starts_with("json:") || !json_raw_at(sample->body, name.substr(5))) continue;
    step.edits.push_back(event::SetValue{name.substr(5), json_quote(type)});
    return step;
  }
  return std::nullopt;
}

bool is_structural(const Subject& subject, const std::string& path) {
  const auto& provider = *subject.provider;
  const auto holds = [&](const std::vector<std::string>& texts) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return names(text, path); });
  };
  const bool fresh_id = std::any_of(provider.fresh.begin(), provider.fresh.end(), [&](const provider::FreshPlace& place) { return !place.form && place.path == path && place.value == "{event_id}"; });
  return fresh_id || holds(provider.event_type) || holds(provider.event_id);
}

}  // namespace hookctl::check
