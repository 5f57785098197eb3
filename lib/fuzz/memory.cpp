#include "fuzz/memory.hpp"

#include "base/text.hpp"
#include "fuzz/fields.hpp"
#include "process/vitals.hpp"

namespace hookctl::fuzz {

namespace {

constexpr std::size_t kBatches = 4;
constexpr int kBatch = 400;  // deliveries
constexpr std::size_t kPadding = 80 * 1024;  // bytes that each of them holds; frameworks take 100 KB without being told to take more
constexpr std::uint64_t kLeast = std::uint64_t{20} << 20U;

// One large member in the event's main object, or in the whole of it: what a leak of bodies would be made of.
Case large(const std::string& event, bool sign) {
  check::Step step = odd_step(event);
  step.patches = {{"", {check::Change::Op::add, "\"hookctl_padding\":\"{*}\""}, check::Patch::Repeat{"x", "", kPadding}}};
  step.signing.sign = sign;
  step.expect = check::Expect::anything;
  Case out;
  out.mutator = sign ? "memory" : "memory-unsigned";
  out.play.name = sign ? "events of 80 KB, again and again" : "unsigned requests of 80 KB, again and again";
  out.play.steps = {std::move(step)};
  return out;
}

Result<std::optional<std::uint64_t>> after_batch(check::Bench& bench, const Case& wanted, int pid) {
  for (int i = 0; i < kBatch; ++i) {
    if (bench.out_of_time()) return std::optional<std::uint64_t>();
    auto instance = instantiate(bench, wanted);
    if (!instance) return instance.error();
    auto played = bench.play(instance->play);
    if (!played) return played.error();
  }
  const auto vitals = process::vitals(pid);
  return vitals ? std::optional(vitals->resident_bytes) : std::nullopt;
}

Result<void> try_one(check::Bench& bench, Pursuit& pursuit, const Case& wanted, int pid) {
  auto failure = measure_memory(bench, wanted, pid);
  if (!failure) return failure.error();
  if (!*failure) return {};
  // Of a program that has grown a little more is not much: it is started anew where that can be done.
  const auto again = [wanted, pid](check::Bench& same) -> Result<check::Outcome> {
    check::Program* program = same.program();
    if (program != nullptr && !program->restart().ok()) return check::Outcome{};
    auto measured = measure_memory(same, wanted, same.pid().value_or(pid));
    if (!measured) return measured.error();
    check::Outcome out;
    if (*measured) out.fault = std::move((*measured)->fault);
    return out;
  };
  return pursuit.report(wanted, **failure, again);
}

}  // namespace

bool grows(const std::vector<std::uint64_t>& resident_bytes) {
  if (resident_bytes.size() < kBatches) return false;
  for (std::size_t i = 1; i < resident_bytes.size(); ++i) {
    if (resident_bytes[i] < resident_bytes[i - 1] + kLeast || resident_bytes[i] - resident_bytes[i - 1] < resident_bytes[i - 1] / 20) return false;
  }
  return true;
}

Result<std::optional<Failure>> measure_memory(check::Bench& bench, const Case& wanted, int pid) {
  std::vector<std::uint64_t> sizes;
  for (std::size_t batch = 0; batch < kBatches && !bench.out_of_time(); ++batch) {
    auto size = after_batch(bench, wanted, pid);
    if (!size && size.error().kind == ErrorKind::usage) return std::optional<Failure>();
    if (!size) return size.error();
    if (!*size) return std::optional<Failure>();
    sizes.push_back(**size);
    if (batch == 1 && sizes[1] < sizes[0] + kLeast) return std::optional<Failure>();
  }
  if (!grows(sizes)) return std::optional<Failure>();
  Failure failure{"fuzz/memory", {}, "memory"};
  failure.fault.summary = wanted.play.name + ": the endpoint's memory grew with each batch";
  failure.fault.expected = "what a request needed is let go";
  for (const std::uint64_t size : sizes) failure.fault.seen += (failure.fault.seen.empty() ? "" : ", ") + std::to_string(size >> 20U) + " MB";
  failure.fault.seen += " after batches of " + std::to_string(kBatch);
  if (bench.last_shot()) failure.fault.shots = {*bench.last_shot()};
  return std::optional(std::move(failure));
}

Result<void> try_memory(check::Bench& bench, Pursuit& pursuit, std::optional<int> pid) {
  if (!pid) return {};
  for (const bool sign : {false, true}) {
    if (pursuit.over()) return {};
    if (auto done = try_one(bench, pursuit, large(bench.main_event(), sign), *pid); !done) return done;
  }
  return {};
}

}  // namespace hookctl::fuzz
