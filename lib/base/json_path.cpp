// Paths into JSON text: looked up in one pass, edited by splicing.
#include "base/json_path.hpp"

#include <algorithm>
#include <array>

#include "base/json_scan.hpp"
#include "base/text.hpp"

namespace hookctl {
namespace {

constexpr std::size_t kMaxSteps = 32;

// A PathStep that owns nothing. `end`: where it ends in the path.
struct Step {
  std::string_view key;
  std::size_t index{0};
  bool is_index{false};
  std::size_t end{0};
};

struct Path {
  std::string_view text;
  std::array<Step, kMaxSteps> steps;
  std::size_t count{0};
};

// Where reading a path failed, and what was expected there; nullptr when it did not.
struct PathFault {
  std::size_t column{0};
  const char* expected{nullptr};
};

// Reads "[N]" or "["name"]" at `at`, which is behind the '['.
PathFault read_brackets(std::string_view path, std::size_t& at, Step& step) {
  if (path.substr(at).starts_with('"')) {
    const auto close = path.find("\"]", at + 1);
    if (close == std::string_view::npos) return {path.size(), "'\"]' after the name"};
    step.key = path.substr(at + 1, close - at - 1);
    at = close + 2;
    return {};
  }
  const auto close = path.find(']', at);
  if (close == std::string_view::npos) return {path.size(), "']'"};
  const auto index = parse_unsigned(path.substr(at, close - at));
  if (!index) return {at, "an index or a name in double quotes"};
  step.index = *index;
  step.is_index = true;
  at = close + 1;
  return {};
}

PathFault read_step(std::string_view path, std::size_t& at, Step& step) {
  if (path[at] == '[') return read_brackets(path, ++at, step);
  if (at > 0 && path[at] != '.') return {at, "'.' or '['"};
  if (at > 0) ++at;
  const auto end = std::min(path.find_first_of(".[", at), path.size());
  step.key = path.substr(at, end - at);
  const auto stray = step.key.find(']');
  if (step.key.empty()) return {at, "a name"};
  if (stray != std::string_view::npos) return {at + stray, "no ']' in a bare name"};
  at = end;
  return {};
}

PathFault read_path(std::string_view text, Path& path) {
  path.text = text;
  if (text.empty()) return {0, "a name or '['"};
  for (std::size_t at = 0; at < text.size();) {
    if (path.count == kMaxSteps) return {at, "at most 32 steps"};
    auto& step = path.steps[path.count];
    if (const auto fault = read_step(text, at, step); fault.expected != nullptr) return fault;
    step.end = at;
    ++path.count;
  }
  return {};
}

Error path_error(std::string_view text, const PathFault& fault) {
  return usage_error("path '" + printable(text) + "', column " + std::to_string(fault.column + 1) + ": expected " + fault.expected,
                     "a path looks like data.items[0].id; a name that holds dots like [\"a.b\"]");
}

// Where a value stands in the text. `member` is how its container holds it (for the root: nothing).
struct Place {
  std::size_t begin{0}, end{0};
  JsonMember member;
  bool found{false};
};

std::string_view key_inside(std::string_view text, const JsonMember& member) {
  return text.substr(member.begin + 1, member.key_end - member.begin - 2);
}

// Does the step, of the kind that fits the container, lead to this member?
bool is_at(std::string_view text, const JsonMember& member, const Step& step) {
  return step.is_index ? step.index == member.index : json_string_equals(key_inside(text, member), step.key);
}

// One look-up. Calls itself once for each step of the path, so never deeper than kMaxSteps, and reads every byte once.
class Lookup {
 public:
  Lookup(std::string_view text, const Path& path, std::size_t count) : text_(text), path_(path), count_(count), scanner_(text) {}

  // False when the text is not JSON.
  bool run(Place& place) {
    scanner_.skip_space();
    if (!descend(0, place)) return false;
    scanner_.skip_space();
    return scanner_.at() == text_.size();
  }

 private:
  // The scanner is at a value that the first `done` steps have led to; what was found before under the same key no longer counts.
  bool descend(std::size_t done, Place& place) {
    place.found = false;
    if (done == count_) {
      place.begin = scanner_.at();
      if (!scanner_.skip_value()) return false;
      place.end = scanner_.at();
      place.found = true;
      return true;
    }
    if (scanner_.peek() != (path_.steps[done].is_index ? '[' : '{')) return scanner_.skip_value();
    return scanner_.members([&](const JsonMember& member) {
      if (!is_at(text_, member, path_.steps[done])) return scanner_.skip_value();
      place.member = member;
      return descend(done + 1, place);
    });
  }

  std::string_view text_;
  const Path& path_;
  std::size_t count_;
  JsonScanner scanner_;
};

// The value that the first `count` steps lead to.
Place look_up(std::string_view text, const Path& path, std::size_t count) {
  Place place;
  if (!Lookup(text, path, count).run(place)) place.found = false;
  return place;
}

std::string decode_string(std::string_view inside) {
  std::string out;
  out.reserve(inside.size());
  char buffer[4];
  for (std::size_t at = 0; at < inside.size();) out += decode_json_piece(inside, at, buffer);
  return out;
}

// The colon between a key and its value with the white space around it.
std::string_view gap_of(std::string_view text, const JsonMember& member, std::size_t value_begin) {
  return text.substr(member.key_end, value_begin - member.key_end);
}

// `value` inside the objects and arrays that the steps from `first` on ask for; empty when an index is not 0.
std::string wrapped(const Path& path, std::size_t first, std::string_view gap, std::string_view value) {
  std::string out(value);
  for (std::size_t i = path.count; i-- > first;) {
    const auto& step = path.steps[i];
    if (step.is_index && step.index != 0) return {};
    out.insert(0, step.is_index ? std::string("[") : std::string("{").append(json_quote(step.key)).append(gap));
    out += step.is_index ? ']' : '}';
  }
  return out;
}

// The last member of the container at `place`, where its value begins and ends, and how many there are.
struct Tail {
  JsonMember last;
  std::size_t begin{0}, end{0}, count{0};
};

Tail tail_of(std::string_view text, const Place& place) {
  Tail tail;
  JsonScanner scanner(text, place.begin);
  scanner.members([&](const JsonMember& member) {
    tail.last = member;
    tail.begin = scanner.at();
    const bool skipped = scanner.skip_value();
    tail.end = scanner.at();
    ++tail.count;
    return skipped;
  });
  return tail;
}

Error cannot(std::string_view verb, const Path& path, const std::string& why) {
  return usage_error("cannot " + std::string(verb) + " '" + printable(path.text) + "': " + why);
}

// What the first `done` steps lead to, for a message.
std::string place_name(const Path& path, std::size_t done) {
  if (done == 0) return "the text";
  return std::string("'").append(printable(path.text.substr(0, path.steps[done - 1].end))).append("'");
}

// Adds the value to the container at `place`, where the first `done` steps end, as its new last member.
Result<std::string> add_member(std::string_view text, const Path& path, std::size_t done, const Place& place, std::string_view value) {
  const auto& step = path.steps[done];
  const auto tail = tail_of(text, place);
  const std::string name = place_name(path, done);
  if (text[place.begin] != (step.is_index ? '[' : '{'))
    return cannot("set", path, name + (step.is_index ? " is no array" : " is no object"));
  if (step.is_index && step.index != tail.count) {
    return cannot("set", path,
                  name + " has " + std::to_string(tail.count) + " items; the next one is [" + std::to_string(tail.count) + "]");
  }
  // Written as its neighbour is, or in an empty container as the container itself.
  std::string_view gap = ":";
  if (place.member.has_key) gap = gap_of(text, place.member, place.begin);
  if (tail.count > 0 && tail.last.has_key) gap = gap_of(text, tail.last, tail.begin);
  const auto inner = wrapped(path, done + 1, gap, value);
  if (inner.empty()) return cannot("set", path, "a new array begins with [0]");

  const auto splice = tail.count > 0 ? tail.end : place.begin + 1;
  std::string out(text.substr(0, splice));
  if (tail.count > 0) out.append(",").append(text.substr(tail.last.lead + 1, tail.last.begin - tail.last.lead - 1));
  if (!step.is_index) out.append(json_quote(step.key)).append(gap);
  return out.append(inner).append(text.substr(splice));
}

bool is_json(std::string_view text) { return look_up(text, Path{}, 0).found; }

// All bytes of `text` but those of the members of the container at `place` that `step` names.
std::string without_members(std::string_view text, const Place& place, const Step& step) {
  std::string out(text.substr(0, place.begin + 1));
  JsonScanner scanner(text, place.begin);
  bool kept = false;
  std::size_t done = place.begin + 1;  // behind the last byte that was kept or dropped
  scanner.members([&](const JsonMember& member) {
    const bool skipped = scanner.skip_value();
    if (!is_at(text, member, step)) {
      // The first one kept gives up its comma, but stands where the first one stood.
      const auto from = kept || member.index == 0 ? done : member.begin;
      out.append(text.substr(from, scanner.at() - from));
      kept = true;
    } else if (member.index == 0) {
      out.append(text.substr(done, member.begin - done));
    }
    done = scanner.at();
    return skipped;
  });
  if (!kept) {
    out.resize(place.begin + 1);
    done = scanner.at() - 1;
  }
  return out.append(text.substr(done));
}

}  // namespace

Result<std::vector<PathStep>> parse_path(std::string_view text) {
  Path path;
  if (const auto fault = read_path(text, path); fault.expected != nullptr) return path_error(text, fault);
  std::vector<PathStep> steps;
  for (std::size_t i = 0; i < path.count; ++i) {
    steps.push_back({std::string(path.steps[i].key), path.steps[i].index, path.steps[i].is_index});
  }
  return steps;
}

std::optional<std::string_view> json_raw_at(std::string_view text, std::string_view path_text) {
  Path path;
  if (read_path(path_text, path).expected != nullptr) return std::nullopt;
  const auto place = look_up(text, path, path.count);
  if (!place.found) return std::nullopt;
  return text.substr(place.begin, place.end - place.begin);
}

std::optional<std::string> json_text_at(std::string_view text, std::string_view path) {
  const auto raw = json_raw_at(text, path);
  if (!raw || raw->front() == '{' || raw->front() == '[' || *raw == "null") return std::nullopt;
  if (raw->front() != '"') return std::string(*raw);
  return decode_string(raw->substr(1, raw->size() - 2));
}

Result<std::string> json_set(std::string_view text, std::string_view path_text, std::string_view value) {
  Path path;
  if (const auto fault = read_path(path_text, path); fault.expected != nullptr) return path_error(path_text, fault);
  value = trim(value);
  if (!is_json(value)) return cannot("set", path, "the new value is no JSON text (a string needs its double quotes)");
  if (!is_json(text)) return cannot("set", path, "the text to edit is no JSON");
  auto place = look_up(text, path, path.count);
  if (place.found) return std::string(text.substr(0, place.begin)).append(value).append(text.substr(place.end));
  auto done = path.count;
  while (!place.found) place = look_up(text, path, --done);  // ends at the root, which is there
  return add_member(text, path, done, place, value);
}

Result<std::string> json_unset(std::string_view text, std::string_view path_text) {
  Path path;
  if (const auto fault = read_path(path_text, path); fault.expected != nullptr) return path_error(path_text, fault);
  if (!look_up(text, path, path.count).found)
    return cannot("unset", path, is_json(text) ? "there is no such place" : "the text to edit is no JSON");
  return without_members(text, look_up(text, path, path.count - 1), path.steps[path.count - 1]);
}

std::string json_quote(std::string_view text) {
  constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto known = kPlain.find(c);
    const auto byte = static_cast<unsigned char>(c);
    if (known != std::string_view::npos) {
      out.append("\\").append(1, kLetters[known]);
    } else if (byte < 0x20) {
      out.append("\\u00").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0x0F]);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace hookctl
