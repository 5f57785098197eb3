// Reads the places of a body and writes it with changes.
#include "check/places.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/json_scan.hpp"
#include "base/text.hpp"
#include "check/event_type.hpp"
#include "check/meaning.hpp"

namespace hookctl::check {

namespace {

constexpr std::size_t kLargestEnvelope = 14;  // members of a body that is only an envelope; an object of its own has more
constexpr std::string_view kEnveloped[] = {"data", "object", "payload", "event", "detail", "resource", "entity"};

ValueKind kind_of(char c) {
  switch (c) {
    case '{':
      return ValueKind::object;
    case '[':
      return ValueKind::array;
    case '"':
      return ValueKind::text;
    case 't':
    case 'f':
      return ValueKind::boolean;
    case 'n':
      return ValueKind::null;
    default:
      return ValueKind::number;
  }
}

std::string decoded(std::string_view inside) {
  std::string out;
  char buffer[4];
  for (std::size_t at = 0; at < inside.size();) out += decode_json_piece(inside, at, buffer);
  return out;
}

// A form's value for a change: a JSON string decoded, anything else as it stands.
std::string plain_value(const std::string& json) {
  std::size_t at = 0;
  std::string memory;
  if (json.empty() || json.front() != '"') return json;
  const auto read = read_json_string(json, at, memory);
  return read ? std::string(*read) : json.substr(1, json.size() > 1 ? json.size() - 2 : 0);
}

std::string path_to(const std::string& path, const std::string& key) {
  const bool plain = !key.empty() && key.find_first_of(".[]\"") == std::string::npos;
  if (plain) return path.empty() ? key : path + "." + key;
  return path + "[\"" + key + "\"]";
}

// The places in the body that a signature scheme looks at by itself.
void add_scheme_paths(const signing::Scheme& way, std::vector<std::string>& paths) {
  const auto add = [&](const signing::Source& source) {
    if (source.place == signing::Place::json) paths.push_back(source.name);
  };
  add(way.signature.from);
  if (way.timestamp) add(way.timestamp->from);
  if (way.id) add(*way.id);
  if (way.key_source && way.key_source->from) add(*way.key_source->from);
  for (const auto& [source, value] : way.require) add(source);
  for (const signing::Piece& piece : way.signed_content) {
    if (piece.part == signing::Part::json) paths.push_back(piece.text);
  }
}

}  // namespace

Result<Body> Body::read(std::string_view media_type, std::string text) {
  Body body;
  body.text_ = std::move(text);
  body.is_form_ = media_type.starts_with("application/x-www-form-urlencoded");
  if (body.is_form_) {
    body.read_form();
    return body;
  }
  if (media_type.starts_with("multipart/")) return usage_error("the events are multipart forms");
  JsonScanner scanner(body.text_);
  scanner.skip_space();
  body.places_.emplace_back();
  body.spans_.push_back({0, scanner.at(), 0});
  body.children_.emplace_back();
  if (!body.read_value(scanner, 0)) return usage_error("the events are no JSON");
  scanner.skip_space();
  if (scanner.at() != body.text_.size()) return usage_error("the events are no JSON");
  body.main_ = body.find_main_object();
  body.is_tight_ = body.with({}) == body.text_;
  return body;
}

bool Body::read_value(JsonScanner& scanner, std::size_t index) {
  const std::size_t begin = scanner.at();
  spans_[index].begin = begin;
  places_[index].kind = kind_of(scanner.peek());
  const bool ok = places_[index].is_container() ? read_members(scanner, index) : scanner.skip_value();
  if (!ok) return false;
  spans_[index].end = scanner.at();
  Place& place = places_[index];
  place.size = children_[index].size();
  if (place.is_container()) return true;
  const std::string_view raw = std::string_view(text_).substr(begin, scanner.at() - begin);
  place.text = place.kind == ValueKind::text ? decoded(raw.substr(1, raw.size() - 2)) : std::string(raw);
  place.meaning = meaning_of(place);
  return true;
}

bool Body::read_members(JsonScanner& scanner, std::size_t index) {
  return scanner.members([&](const JsonMember& member) {
    Place place;
    place.parent = index;
    place.depth = places_[index].depth + 1;
    place.is_item = !member.has_key;
    if (member.has_key) {
      place.name = decoded(std::string_view(text_).substr(member.begin + 1, member.key_end - member.begin - 2));
      place.path = path_to(places_[index].path, place.name);
    } else {
      place.name = places_[index].name;
      place.path = places_[index].path + "[" + std::to_string(member.index) + "]";
    }
    const std::size_t child = places_.size();
    places_.push_back(std::move(place));
    spans_.push_back({member.lead, 0, 0});
    children_.emplace_back();
    children_[index].push_back(child);
    return read_value(scanner, child);
  });
}

void Body::read_form() {
  places_.push_back({.kind = ValueKind::object});
  spans_.push_back({0, 0, text_.size()});
  children_.emplace_back();
  for (const std::string_view pair : split(text_, "&")) {
    if (pair.empty()) continue;
    const auto start = static_cast<std::size_t>(pair.data() - text_.data());
    const std::size_t equals = std::min(pair.find('='), pair.size());
    Place place;
    place.path = place.name = percent_decode(pair.substr(0, equals), true);
    place.kind = ValueKind::text;
    place.text = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    place.depth = 1;
    place.parent = 0;
    place.meaning = meaning_of(place);
    children_[0].push_back(places_.size());
    places_.push_back(std::move(place));
    spans_.push_back({start, start + std::min(equals + 1, pair.size()), start + pair.size()});
    children_.emplace_back();
  }
  places_[0].size = children_[0].size();
}

std::optional<std::size_t> Body::find(std::string_view path) const noexcept {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].path == path) return i;
  }
  return std::nullopt;
}

bool Body::is_within(std::size_t inner, std::size_t outer) const noexcept {
  while (inner != outer && inner != Place::kNone) inner = places_[inner].parent;
  return inner == outer;
}

// The child object that an envelope is there for: by its name, the only one, or one that takes half of it.
std::size_t Body::main_child(std::size_t parent) const {
  const auto length = [&](std::size_t i) { return spans_[i].end - spans_[i].begin; };
  std::size_t largest = Place::kNone;
  std::size_t objects = 0;
  for (const std::size_t child : children_[parent]) {
    if (places_[child].kind != ValueKind::object || names_person(places_[child].name)) continue;
    if (std::find(std::begin(kEnveloped), std::end(kEnveloped), places_[child].name) != std::end(kEnveloped)) return child;
    ++objects;
    if (largest == Place::kNone || length(child) > length(largest)) largest = child;
  }
  if (largest == Place::kNone) return largest;
  return objects == 1 || 2 * length(largest) >= length(parent) ? largest : Place::kNone;
}

std::size_t Body::find_main_object() const {
  std::size_t main = 0;
  if (places_[0].kind == ValueKind::array && !children_[0].empty()) main = children_[0].front();
  if (places_[main].kind != ValueKind::object || children_[main].size() > kLargestEnvelope) return main;
  for (std::size_t child = main_child(main); child != Place::kNone; child = main_child(main)) {
    main = child;
    if (children_[main].size() > 2) break;  // thin wrappers only: {"object": …, "previous_attributes": …}
  }
  return main;
}

// What the change does to the text by itself, of a tight body; nothing when it does nothing.
std::optional<Body::Edit> Body::edit_of(std::size_t index, const Change& change) const {
  if (index >= places_.size()) return std::nullopt;
  const Span& span = spans_[index];
  if (change.op == Change::Op::put) return Edit{span.begin, span.end, false, change.text};
  if (change.op == Change::Op::add) {
    if (places_[index].kind != ValueKind::object) return std::nullopt;
    const std::size_t tail = children_[index].empty() ? span.begin + 1 : spans_[children_[index].back()].end;
    return Edit{tail, tail, !children_[index].empty(), change.text};
  }
  if (index == 0) return std::nullopt;
  const auto& siblings = children_[places_[index].parent];
  if (index != siblings.front()) return Edit{span.lead, span.end, false, {}};
  return Edit{span.lead + 1, siblings.size() == 1 ? span.end : spans_[siblings[1]].lead + 1, false, {}};  // with the comma behind it
}

// One or two changes that do not touch each other, put into the text. False: they are for write().
bool Body::write_few(const Changes& changes, std::string& out) const {
  if (!is_tight_ || changes.empty() || changes.size() > 2) return false;
  const auto& [index, change] = changes.front();
  std::optional<Edit> first = edit_of(index, change);
  std::optional<Edit> second;
  if (changes.size() == 2) {
    const auto& [other_index, other] = changes.back();
    // A member that is added needs a comma before it unless the one that is taken out was the only one.
    if (change.op != other.op && change.op != Change::Op::put && other.op != Change::Op::put) return false;
    second = edit_of(other_index, other);
  }
  if (second && (!first || second->begin < first->begin)) std::swap(first, second);
  if (first && second && (second->begin < first->end || second->begin == first->begin)) return false;
  std::size_t at = 0;
  out.reserve(text_.size() + (first ? first->text.size() + 1 : 0) + (second ? second->text.size() + 1 : 0));
  for (const std::optional<Edit>& edit : {first, second}) {
    if (!edit) continue;
    out.append(text_, at, edit->begin - at);
    if (edit->comma) out += ',';
    out += edit->text;
    at = edit->end;
  }
  out.append(text_, at);
  return true;
}

std::string Body::with(const Changes& changes) const {
  std::string few;
  if (write_few(changes, few)) return few;
  std::vector<std::vector<const Change*>> by_place(places_.size());
  for (const auto& [index, change] : changes) {
    if (index < by_place.size()) by_place[index].push_back(&change);
  }
  if (is_form_) return write_form(by_place);
  std::string out = text_.substr(0, spans_[0].begin);
  write(0, by_place, out);
  return out.append(text_, spans_[0].end);
}

void Body::write(std::size_t index, const std::vector<std::vector<const Change*>>& by_place, std::string& out) const {
  const Span& span = spans_[index];
  const auto& changes = by_place[index];
  const auto put = std::find_if(changes.rbegin(), changes.rend(), [](const Change* change) { return change->op == Change::Op::put; });
  if (put != changes.rend()) {
    out += (*put)->text;
    return;
  }
  if (!places_[index].is_container()) {
    out.append(text_, span.begin, span.end - span.begin);
    return;
  }
  bool first = true;
  const auto separate = [&] {
    if (!first) out += ',';
    first = false;
  };
  out += text_[span.begin];
  std::size_t tail = span.begin + 1;
  for (const std::size_t child : children_[index]) {
    tail = spans_[child].end;
    const auto& inner = by_place[child];
    if (std::any_of(inner.begin(), inner.end(), [](const Change* change) { return change->op == Change::Op::take_out; })) continue;
    separate();
    out.append(text_, spans_[child].lead + 1, spans_[child].begin - spans_[child].lead - 1);
    write(child, by_place, out);
  }
  for (const Change* change : changes) {
    if (change->op != Change::Op::add || places_[index].kind != ValueKind::object) continue;
    separate();
    out += change->text;
  }
  out.append(text_, tail, span.end - tail);
}

std::string Body::write_form(const std::vector<std::vector<const Change*>>& by_place) const {
  std::vector<std::string> pairs;
  for (const std::size_t child : children_[0]) {
    const Span& span = spans_[child];
    std::optional<std::string> pair = text_.substr(span.lead, span.end - span.lead);
    for (const Change* change : by_place[child]) {
      if (change->op == Change::Op::take_out) pair.reset();
      if (change->op == Change::Op::put && pair)
        pair = percent_encode(places_[child].name) + "=" + percent_encode(plain_value(change->text));
    }
    if (pair) pairs.push_back(*std::move(pair));
  }
  for (const Change* change : by_place[0]) {
    if (change->op == Change::Op::put) return change->text;
    if (change->op == Change::Op::add) pairs.push_back(change->text);
  }
  return join(pairs, "&");
}

std::vector<bool> left_alone(const Subject& subject, const Body& body) {
  std::vector<std::string> paths;
  for (const signing::Scheme& way : signing::ways(subject.provider->scheme)) add_scheme_paths(way, paths);
  const auto is_fixed = [&](const Place& place) {
    const bool of_form = body.is_form() && (place.meaning != Meaning::prose || place.text.starts_with('{') || place.text.starts_with('['));
    return of_form || is_structural(subject, place.path) || std::find(paths.begin(), paths.end(), place.path) != paths.end();
  };
  std::vector<bool> out(body.places().size());
  const auto leave = [&](std::size_t at) {
    for (; at != Place::kNone && !out[at]; at = body.places()[at].parent) out[at] = true;
  };
  leave(0);
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (i == body.main_object() || is_fixed(body.places()[i])) leave(i);
  }
  return out;
}

}  // namespace hookctl::check
