// Filters: the words and what they match.
#include "store/filter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace hookctl::store {
namespace {

struct KeyName {
  std::string_view name;
  FilterKey key;
};

constexpr std::array kKeys = {
    KeyName{"provider", FilterKey::provider}, KeyName{"event", FilterKey::event},   KeyName{"id", FilterKey::id},
    KeyName{"verdict", FilterKey::verdict},   KeyName{"code", FilterKey::code},     KeyName{"method", FilterKey::method},
    KeyName{"path", FilterKey::path},         KeyName{"status", FilterKey::status}, KeyName{"remote", FilterKey::remote},
};

constexpr bool ignores_case(FilterKey key) { return key == FilterKey::provider || key == FilterKey::verdict || key == FilterKey::method; }

Error unknown_key(std::string_view key, std::string_view term) {
  std::vector<std::string> names;
  for (const auto& each : kKeys) names.emplace_back(each.name);
  const auto near = nearest(key, names);
  return usage_error("unknown key '" + std::string(key) + "' in filter term '" + std::string(term) + "'",
                     near ? "did you mean '" + *near + "'?" : "the keys are " + join(names, ", "));
}

Result<FilterTerm> parse_term(std::string_view term) {
  const auto equals = term.find('=');
  if (equals == std::string_view::npos) {
    return usage_error("filter term '" + std::string(term) + "' has no '='", "a term is KEY=GLOB or KEY!=GLOB, such as event=invoice.*");
  }
  const bool negated = equals > 0 && term[equals - 1] == '!';
  const auto name = term.substr(0, equals - (negated ? 1 : 0));
  const auto found = std::find_if(kKeys.begin(), kKeys.end(), [&](const KeyName& each) { return each.name == name; });
  if (found == kKeys.end()) return unknown_key(name, term);
  const auto glob = term.substr(equals + 1);
  return FilterTerm{found->key, negated, ignores_case(found->key) ? lower(glob) : std::string(glob)};
}

std::string_view value_of(FilterKey key, const Received& received) {
  switch (key) {
    case FilterKey::provider:
      return received.provider;
    case FilterKey::event:
      return received.event_type;
    case FilterKey::id:
      return received.event_id;
    case FilterKey::verdict:
      return received.verdict;
    case FilterKey::code:
      return received.code;
    case FilterKey::method:
      return received.method;
    case FilterKey::path:
      return std::string_view(received.target).substr(0, received.target.find('?'));
    case FilterKey::remote:
      return received.remote;
    case FilterKey::status:
      break;
  }
  return {};
}

bool holds(const FilterTerm& term, const Received& received, std::optional<int> status) {
  if (term.key == FilterKey::status) return matches_glob(status ? std::to_string(*status) : "none", term.glob) != term.negated;
  const auto value = value_of(term.key, received);
  return (ignores_case(term.key) ? matches_glob(lower(value), term.glob) : matches_glob(value, term.glob)) != term.negated;
}

}  // namespace

Result<Filter> parse_filter(std::string_view text) {
  constexpr std::string_view kSeparators = " ,\t\r\n";
  Filter filter;
  for (auto start = text.find_first_not_of(kSeparators); start != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kSeparators, start), text.size());
    auto term = parse_term(text.substr(start, end - start));
    if (!term) return term.error();
    filter.terms.push_back(std::move(*term));
    start = text.find_first_not_of(kSeparators, end);
  }
  return filter;
}

bool matches(const Filter& filter, const Received& received, std::optional<int> status) {
  return std::all_of(filter.terms.begin(), filter.terms.end(), [&](const FilterTerm& term) { return holds(term, received, status); });
}

bool needs_status(const Filter& filter) noexcept {
  return std::any_of(filter.terms.begin(), filter.terms.end(), [](const FilterTerm& term) { return term.key == FilterKey::status; });
}

}  // namespace hookctl::store
