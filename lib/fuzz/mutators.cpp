// All mutators in one order, and the checked ways to put something in a place.
#include "fuzz/mutators.hpp"

#include <functional>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check/patches.hpp"
#include "fuzz/mutators_making.hpp"

namespace hookctl::fuzz {

namespace making {

namespace {

constexpr std::string_view kMark = "{*}";
constexpr std::size_t kLongestBlank = 64;  // bytes of a value that is compared without its white space

std::string without_blanks(std::string_view json) {
  std::string out(json);
  std::erase_if(out, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  return out;
}

std::size_t written_size(const check::Patch& patch) {
  const std::size_t size = patch.change.text.size();
  return patch.repeat ? size - kMark.size() + patch.repeat->times * (patch.repeat->unit.size() + patch.repeat->close.size()) : size;
}

bool is_as_before(const Body& body, const Place& place, const check::Patch& patch) {
  const std::string before = place.kind == ValueKind::text ? json_quote(place.text) : std::string(raw(body, place));
  if (written_size(patch) > before.size()) return false;
  const std::string after = check::written(patch);
  const bool blank = place.is_container() && before.size() <= kLongestBlank;
  return after == before || (blank && after == without_blanks(before));
}

// The event as a whole is none of its places; a form's empty key has the path of the whole.
bool is_whole(const Place& place) { return place.depth == 0 || place.path.empty(); }

Mutated mutated(const Place& place, check::Change::Op op, std::string text, std::optional<check::Patch::Repeat> repeat) {
  Mutated out;
  out.patch.path = place.path;
  out.patch.change.op = op;
  out.patch.change.text = std::move(text);
  out.patch.repeat = std::move(repeat);
  return out;
}

}  // namespace

std::size_t below(Random& random, std::size_t limit) { return static_cast<std::size_t>(random.next() % limit); }

bool is_text_of(const Place& place, std::initializer_list<Meaning> known) {
  return place.kind == ValueKind::text && std::find(known.begin(), known.end(), place.meaning) != known.end();
}

std::size_t index_of(const Body& body, const Place& place) {
  const Place* first = body.places().data();
  const std::less<const Place*> before;
  if (!before(&place, first) && before(&place, first + body.places().size())) return static_cast<std::size_t>(&place - first);
  return body.find(place.path).value_or(0);  // a copy
}

std::string_view raw(const Body& body, const Place& place) { return body.raw(index_of(body, place)); }

Made put(const Body& body, const Place& place, std::string json, std::optional<check::Patch::Repeat> repeat) {
  if (is_whole(place) || (body.is_form() && !json.starts_with('"'))) return std::nullopt;
  Mutated out = mutated(place, check::Change::Op::put, std::move(json), std::move(repeat));
  if (is_as_before(body, place, out.patch)) return std::nullopt;
  return out;
}

Made put_text(const Body& body, const Place& place, std::string_view text) { return put(body, place, json_quote(text)); }

Made put_number(const Body& body, const Place& place, std::string_view number) {
  const auto before = parse_decimal(place.text);
  if (place.meaning == Meaning::date || (place.kind == ValueKind::text && !before)) return std::nullopt;
  if (place.kind != ValueKind::number && place.kind != ValueKind::text) return std::nullopt;
  if (number == place.text || (number != "-0" && before && before == parse_decimal(number))) return std::nullopt;
  return place.kind == ValueKind::text ? put_text(body, place, number) : put(body, place, std::string(number));
}

Made take_out(const Place& place) {
  if (is_whole(place)) return std::nullopt;
  return mutated(place, check::Change::Op::take_out, "", std::nullopt);
}

Made add(const Body& body, const Place& place, std::string members) {
  if (is_whole(place) || body.is_form() || place.kind != ValueKind::object) return std::nullopt;
  return mutated(place, check::Change::Op::add, std::move(members), std::nullopt);
}

Made add(const Body& body, const Place& place, std::string members, check::Patch::Repeat repeat) {
  Made out = add(body, place, std::move(members));
  if (out) out->patch.repeat = std::move(repeat);
  return out;
}

std::string kept_text(const Place& place) {
  std::size_t size = std::min<std::size_t>(place.text.size(), 1'000);
  while (size > 0 && size < place.text.size() && (static_cast<unsigned char>(place.text[size]) & 0xC0U) == 0x80U) --size;
  return place.text.substr(0, size);
}

}  // namespace making

std::span<const Mutator> mutators() {
  static const std::vector<Mutator> kAll = [] {
    std::vector<Mutator> all;
    for (const auto family :
         {making::kind_mutators(), making::number_mutators(), making::text_mutators(), making::array_mutators(), making::date_mutators(),
          making::member_mutators(), making::computed_mutators(), making::injection_mutators(), making::size_mutators()})
      all.insert(all.end(), family.begin(), family.end());
    return all;
  }();
  return kAll;
}

const Mutator* find_mutator(std::string_view name) {
  const auto all = mutators();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Mutator& mutator) { return mutator.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace hookctl::fuzz
