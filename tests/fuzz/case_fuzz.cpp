// libFuzzer target of reading cases and findings. What is read is written and comes back the same; a refusal has words; nothing crashes.
// Cases that were read are also made smaller, by a failure that is made up of the input.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "fuzz/case.hpp"
#include "fuzz/record.hpp"
#include "fuzz/shrink.hpp"

using namespace hookctl;

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "violated: " << what << "\n";
  std::abort();
}

void shrink(const fuzz::Case& one) {
  constexpr std::size_t kMost = 30;
  std::size_t seed = fuzz::write_case(one).size();
  std::size_t asked = 0;
  std::string last = fuzz::write_case(one);
  const auto shows = [&](const fuzz::Case& smaller) -> Result<bool> {
    ++asked;
    for (std::size_t i = 0; i < smaller.play.steps.size(); ++i)
      require(smaller.play.steps[i].replay_of.value_or(0) <= i, "a replay is of an earlier step");
    const bool fails = (seed = seed * 31 + 7) % 3 != 0;
    if (fails) last = fuzz::write_case(smaller);
    return fails;
  };
  const auto out = fuzz::shrink(one, shows, kMost);
  require(out.ok() && asked <= kMost && out->tries == asked, "it asks no more than it may");
  require(fuzz::write_case(out->smallest) == last, "what comes out was the last to fail");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto one = fuzz::read_case(input, "fuzz")) {
    const std::string text = fuzz::write_case(*one);
    const auto again = fuzz::read_case(text, "again");
    require(again.ok() && fuzz::write_case(*again) == text, "a case comes back as it was");
    if (size < 2048) shrink(*one);
  } else {
    require(one.error().message.starts_with("fuzz:"), "a refusal says where");
  }
  if (const auto one = fuzz::read_record(input, "fuzz")) {
    const std::string text = fuzz::write_record(*one);
    const auto again = fuzz::read_record(text, "again");
    require(again.ok() && fuzz::write_record(*again) == text, "a record comes back as it was");
    require(fuzz::is_record_id(one->id), "its id is one");
  } else {
    require(one.error().message.starts_with("fuzz:"), "a refusal says where");
  }
  return 0;
}
