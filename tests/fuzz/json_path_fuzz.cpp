// libFuzzer target of reading and editing JSON by path. Input is "path\nvalue\ntext", or a JSON text alone, which is then edited at places
// it may have. An edit that is accepted is found again; one that is refused gives words; nothing crashes.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

using namespace hookctl;

namespace {

void require(bool holds, const char* what, std::string_view path) {
  if (holds) return;
  std::cerr << "violated at '" << printable(path) << "': " << what << "\n";
  std::abort();
}

void edit(std::string_view text, std::string_view path, std::string_view value) {
  static_cast<void>(json_text_at(text, path));
  const auto before = json_raw_at(text, path);
  require(!before || (before->data() >= text.data() && before->data() + before->size() <= text.data() + text.size()), "what is found is a view into the text", path);
  const auto set = json_set(text, path, value);
  if (set) {
    const auto found = json_raw_at(*set, path);
    require(found.has_value() && trim(*found) == trim(value), "what was set is there", path);
    if (before) require(set->size() == text.size() - before->size() + found->size(), "nothing else changed", path);
  } else {
    require(!set.error().message.empty(), "a refusal has words", path);
  }
  const auto unset = json_unset(text, path);
  require(unset.ok() == before.has_value() || parse_path(path)->empty(), "what is there can be taken out", path);
  if (unset && !parse_path(path)->back().is_index) require(!json_raw_at(*unset, path), "what was taken out is gone", path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static_cast<void>(parse_json(input, "fuzz"));
  if (input.starts_with('{') || input.starts_with('[')) {
    for (const std::string_view path : {"id", "type", "data.object.id", "[0].sg_event_id", "a.b[1].c", "data", "new", "[\"a.b\"]"}) edit(input, path, "{\"x\": [1]}");
    return 0;
  }
  const auto parts = split(input, "\n");
  if (parts.size() < 3) return 0;
  const std::string_view text = input.substr(static_cast<std::size_t>(parts[2].data() - input.data()));
  if (parse_path(parts[0])) edit(text, parts[0], parts[1]);
  else static_cast<void>(json_set(text, parts[0], parts[1]));
  return 0;
}
