#include "provider/recognise.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "signing/canonical.hpp"

namespace hookctl::provider {

namespace {

using Conditions = std::vector<HeaderCondition>;

constexpr std::string_view kAgent = "User-Agent";

bool is_agent(const HeaderCondition& condition) { return same_ignoring_case(condition.name, kAgent); }

bool holds(const HeaderCondition& condition, const http::Headers& headers) {
  const auto value = headers.find(condition.name);
  return value && value->starts_with(condition.prefix);
}

// The alternative that holds whole with the most conditions, or null.
const Conditions* best_alternative(const Provider& provider, const http::Headers& headers) {
  const Conditions* best = nullptr;
  for (const Conditions& alternative : provider.recognise) {
    const bool whole = std::all_of(alternative.begin(), alternative.end(), [&](const HeaderCondition& each) { return holds(each, headers); });
    if (whole && (best == nullptr || alternative.size() > best->size())) best = &alternative;
  }
  return best;
}

// The names of all headers that a provider is known to send, in small letters.
std::set<std::string> sent_headers(const Provider& provider) {
  std::set<std::string> names;
  const auto add = [&](const signing::Source& source) {
    if (source.place == signing::Place::header) names.insert(lower(source.name));
  };
  for (const Conditions& alternative : provider.recognise) {
    for (const HeaderCondition& condition : alternative) names.insert(lower(condition.name));
  }
  for (const http::Header& field : provider.headers) names.insert(lower(field.name));
  for (const EventFacts& event : provider.events) {
    for (const http::Header& field : event.headers) names.insert(lower(field.name));
  }
  for (const signing::Scheme& way : signing::ways(provider.scheme)) {
    const signing::Scheme& scheme = signing::in_effect(way);
    add(scheme.signature.from);
    if (scheme.timestamp) add(scheme.timestamp->from);
    if (scheme.id) add(*scheme.id);
    for (const std::string& name : scheme.require_headers) names.insert(lower(name));
  }
  return names;
}

// Would it fit if it were not for its User-Agent?
bool fits_but_for_agent(const Provider& provider, const http::Headers& headers) {
  return std::any_of(provider.recognise.begin(), provider.recognise.end(), [&](const Conditions& alternative) {
    return alternative.size() > 1 && std::all_of(alternative.begin(), alternative.end(), [&](const HeaderCondition& each) { return is_agent(each) || holds(each, headers); });
  });
}

// Of one that says nothing of how it is recognised: are all headers there that its scheme reads?
bool scheme_fits(const signing::Scheme& way, const http::Headers& headers) {
  const auto is_there = [&](const signing::Source& source) { return source.place != signing::Place::header || headers.has(source.name); };
  const bool signs = way.kind != signing::Kind::token && way.kind != signing::Kind::none && way.signature.from.place == signing::Place::header;
  return signs && is_there(way.signature.from) && (!way.timestamp || is_there(way.timestamp->from)) && (!way.id || is_there(*way.id));
}

// Could it have sent this although its conditions do not hold? Then it must send all the headers by which another was found.
bool may_hide(const Provider& provider, const http::Headers& headers, const Conditions& found_by) {
  const auto ways = signing::ways(provider.scheme);
  const bool silent = provider.recognise.empty() && std::any_of(ways.begin(), ways.end(), [&](const signing::Scheme& way) { return scheme_fits(signing::in_effect(way), headers); });
  if (!silent && !fits_but_for_agent(provider, headers)) return false;
  const std::set<std::string> sent = sent_headers(provider);
  return std::all_of(found_by.begin(), found_by.end(), [&](const HeaderCondition& each) { return sent.count(lower(each.name)) != 0; });
}

// The condition on a header that none of the others sends, or null.
const HeaderCondition* telling(const Conditions& conditions, const std::vector<const Provider*>& candidates, const Provider* one) {
  std::set<std::string> sent;
  for (const Provider* other : candidates) {
    if (other != one) sent.merge(sent_headers(*other));
  }
  const auto found = std::find_if(conditions.begin(), conditions.end(), [&](const HeaderCondition& each) { return sent.count(lower(each.name)) == 0; });
  return found == conditions.end() ? nullptr : &*found;
}

std::string ids(const std::vector<const Provider*>& providers) {
  std::vector<std::string> names;
  for (const Provider* each : providers) names.push_back(each->id);
  if (names.size() == 1) return names.front();
  const std::string last = names.back();
  names.pop_back();
  return join(names, ", ") + " and " + last;
}

std::string why(const Recognition& recognition) {
  const bool alone = recognition.others.empty();
  const std::string others = alone ? "" : ids(recognition.others);
  const bool one = recognition.others.size() == 1;
  if (recognition.by_signature) return alone ? "only its signature holds" : "its signature holds, and " + others + (one ? " signs" : " sign") + " the same way";
  switch (recognition.sureness) {
    case Sureness::certain: return "no other provider sends it";
    case Sureness::likely: return alone ? "no other that hookctl knows fits" : others + " would fit too, less closely";
    case Sureness::possible: return others + (one ? " sends" : " send") + " the same; --provider P names yours";
  }
  return "";
}

}  // namespace

std::size_t recognition(const Provider& provider, const http::Headers& headers) {
  const Conditions* best = best_alternative(provider, headers);
  return best == nullptr ? 0 : best->size();
}

Recognition recognise(const std::vector<const Provider*>& candidates, const http::Headers& headers) {
  Recognition found;
  std::size_t most = 0;
  for (const Provider* each : candidates) {
    const std::size_t conditions = recognition(*each, headers);
    if (conditions > most) {
      found.provider = each;
      most = conditions;
    }
  }
  if (found.provider == nullptr) return found;
  const Conditions& conditions = *best_alternative(*found.provider, headers);
  if (const HeaderCondition* sign = telling(conditions, candidates, found.provider)) {
    found.sureness = Sureness::certain;
    found.by = {sign->name};
    return found;
  }
  for (const HeaderCondition& condition : conditions) found.by.push_back(condition.name);
  const bool agent_tells = std::any_of(conditions.begin(), conditions.end(), is_agent);
  bool rivals = false;  // who fit as well
  for (const Provider* other : candidates) {
    if (other == found.provider) continue;
    const std::size_t fits = recognition(*other, headers);
    const bool hidden = fits == 0 && !agent_tells && may_hide(*other, headers, conditions);
    if (fits == 0 && !hidden) continue;
    rivals = rivals || hidden || fits == most;
    found.others.push_back(other);
  }
  std::stable_sort(found.others.begin(), found.others.end(), [&](const Provider* a, const Provider* b) { return recognition(*a, headers) > recognition(*b, headers); });
  found.sureness = rivals ? Sureness::possible : Sureness::likely;
  return found;
}

void settle(Recognition& recognition, const std::function<bool(const Provider&)>& holds) {
  if (recognition.provider == nullptr || recognition.others.empty()) return;
  std::vector<const Provider*> candidates{recognition.provider};
  candidates.insert(candidates.end(), recognition.others.begin(), recognition.others.end());
  std::erase_if(candidates, [&](const Provider* each) { return !holds(*each); });
  if (candidates.empty()) return;
  recognition.provider = candidates.front();
  recognition.others.assign(candidates.begin() + 1, candidates.end());
  recognition.sureness = recognition.others.empty() ? Sureness::certain : Sureness::likely;
  recognition.by_signature = true;
}

std::string_view to_text(Sureness sureness) noexcept {
  switch (sureness) {
    case Sureness::certain: return "certain";
    case Sureness::likely: return "likely";
    case Sureness::possible: return "possible";
  }
  return "";
}

std::string sentence(const Recognition& recognition) {
  const bool sure = recognition.sureness != Sureness::possible;
  return (sure ? "recognised as " : "taken as ") + recognition.provider->id + " by the header" + (recognition.by.size() == 1 ? " " : "s ") + join(recognition.by, ", ") + " (" +
         std::string(to_text(recognition.sureness)) + ": " + why(recognition) + ")";
}

}  // namespace hookctl::provider
