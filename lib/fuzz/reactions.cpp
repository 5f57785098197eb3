#include "fuzz/reactions.hpp"

#include <algorithm>
#include <variant>

#include "check/rule.hpp"
#include "http/codec.hpp"
#include "process/vitals.hpp"

namespace hookctl::fuzz {

namespace {

constexpr std::int64_t kBetweenVitalsMs = 500;
constexpr std::size_t kMostTemplates = 1'000;
constexpr std::size_t kLooked = 4'096;  // bytes of an answer

int magnitude(std::uint64_t value) {
  int out = 0;
  while (value > 1) {
    value >>= 1U;
    ++out;
  }
  return out;
}

// Of the status and the answer's body without its digits.
std::uint64_t quick_hash(const http::BarrageReply& reply, bool late) {
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ static_cast<std::uint64_t>(reply.status * 2 + (late ? 1 : 0));
  for (const char c : reply.body.substr(0, kLooked)) {
    if (c >= '0' && c <= '9') continue;
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace

// Templates of lines that were never seen before; that a known line comes again says nothing.
std::vector<std::string> Reactions::new_log() {
  std::vector<std::string> out;
  if (bench_.program() == nullptr) return out;
  const std::uint64_t count = bench_.program()->line_count();
  if (count == lines_seen_) return out;
  const std::vector<std::string> lines = bench_.program()->last_lines();
  const std::size_t fresh = static_cast<std::size_t>(std::min<std::uint64_t>(count - lines_seen_, lines.size()));
  lines_seen_ = count;
  for (std::size_t i = lines.size() - fresh; i < lines.size(); ++i) {
    std::string shape = log_template(lines[i]);
    if (log_templates_.size() < kMostTemplates && log_templates_.insert(shape).second) out.push_back(std::move(shape));
  }
  return out;
}

// How much memory and how many files the program has, roughly.
void Reactions::add_vitals(std::vector<std::string>& log) {
  const auto pid = bench_.pid();
  if (!pid || steady_ms() - vitals_at_ < kBetweenVitalsMs) return;
  vitals_at_ = steady_ms();
  const auto vitals = process::vitals(*pid);
  if (!vitals) return;
  log.push_back("memory 2^" + std::to_string(magnitude(vitals->resident_bytes)));
  log.push_back("files 2^" + std::to_string(magnitude(vitals->open_files)));
}

bool Reactions::see(const check::Shot& shot) {
  Reaction reaction;
  reaction.duration_ms = shot.duration_ms;
  if (shot.answer) {
    reaction.status = shot.status();
    reaction.shape = check::shape_of(*shot.answer);
    reaction.fields = header_set(shot.answer->headers);
  } else if (shot.failure) {
    reaction.shape = std::string(http::fault_name(shot.failure->fault));
  }
  reaction.log = new_log();
  add_vitals(reaction.log);
  return novelty_.see(novelty_key(reaction, bench_.subject().budget_ms));
}

bool Reactions::see(const http::BarrageReply& reply) {
  const bool late = reply.duration_us / 1000 > bench_.subject().budget_ms;
  std::vector<std::string> log = new_log();
  if (quick_.size() > 100'000) quick_.clear();
  if (!quick_.insert(quick_hash(reply, late)).second && log.empty()) return false;
  Reaction reaction;
  reaction.log = std::move(log);
  reaction.duration_ms = reply.duration_us / 1000;
  auto head = http::parse_response_head(reply.head, "POST", {});
  if (auto* answer = std::get_if<http::Response>(&head)) {
    answer->body = std::string(reply.body);
    reaction.status = answer->status;
    reaction.shape = check::shape_of(*answer);
    reaction.fields = header_set(answer->headers);
  } else if (reply.failure) {
    reaction.shape = std::string(http::fault_name(reply.failure->fault));
  }
  return novelty_.see(novelty_key(reaction, bench_.subject().budget_ms));
}

}  // namespace hookctl::fuzz
