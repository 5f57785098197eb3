#include "check/patches.hpp"

#include <algorithm>

#include "check/places.hpp"

namespace hookctl::check {

namespace {

constexpr std::string_view kMark = "{*}";

std::size_t size_of(const Patch& patch) {
  const std::size_t repeats = patch.repeat ? patch.repeat->times : 0;
  const std::size_t unit = patch.repeat ? patch.repeat->unit.size() + patch.repeat->close.size() : 0;
  return unit != 0 && repeats > kLargestPatched / unit ? kLargestPatched + 1 : patch.change.text.size() + repeats * unit;
}

std::size_t size_of(const Splice& splice) {
  return splice.insert.size() != 0 && splice.times > kLargestPatched / splice.insert.size() ? kLargestPatched + 1 : splice.insert.size() * splice.times;
}

std::string repeated(const std::string& unit, std::size_t times) {
  if (unit.size() == 1) return std::string(times, unit.front());
  std::string out;
  if (unit.empty()) return out;
  out.reserve(unit.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += unit;
  return out;
}

void apply(const Splice& splice, std::string& body) {
  const std::size_t at = std::min(splice.at, body.size());
  body.replace(at, std::min(splice.erase, body.size() - at), repeated(splice.insert, splice.times));
}

}  // namespace

std::string written(const Patch& patch) {
  std::string out = patch.change.text;
  const std::size_t mark = out.find(kMark);
  if (!patch.repeat || mark == std::string::npos) return out;
  return out.replace(mark, kMark.size(), repeated(patch.repeat->unit, patch.repeat->times) + repeated(patch.repeat->close, patch.repeat->times));
}

Result<std::string> patched(const Step& step, std::string_view media_type, std::string body) {
  std::size_t size = body.size();
  for (const Patch& patch : step.patches) size = std::min(size + size_of(patch), kLargestPatched + 1);
  for (const Splice& splice : step.splices) size = std::min(size + size_of(splice), kLargestPatched + 1);
  if (size > kLargestPatched) return usage_error("the body would be larger than 64 MiB");
  if (!step.patches.empty()) {
    auto read = Body::read(media_type, std::move(body));
    if (!read) return read.error();
    Changes changes;
    for (const Patch& patch : step.patches) {
      const auto index = read->find(patch.path);
      if (index) changes.emplace_back(*index, Change{patch.change.op, written(patch)});
    }
    body = read->with(changes);
  }
  for (const Splice& splice : step.splices) apply(splice, body);
  return body;
}

}  // namespace hookctl::check
