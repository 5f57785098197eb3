#include "bulk/pipeline.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

#include "bulk/answer.hpp"

namespace hookctl::bulk {

namespace {

struct Answers {
  std::string text;
  std::uint64_t records{0};
  std::uint64_t invalid{0};
  std::uint64_t input{0};
};

class Run {
 public:
  Run(Lines& lines, Terms& terms, const Plan& plan)
      : lines_(lines), terms_(terms), plan_(plan), most_in_flight_(4 * std::uint64_t{plan.threads}) {}

  // The life of one thread. Never throws.
  void work() noexcept {
    try {
      Judge judge(terms_);
      Batch batch;
      while (const auto turn = take(batch)) give(*turn, answer(judge, batch));
    } catch (const std::exception& error) {
      fail(unavailable_error(std::string("cannot go on: ") + error.what(), "is there enough memory? --threads 1 needs the least"));
    }
  }

  Result<Tally> result() const {
    if (error_) return *error_;
    return tally_;
  }

 private:
  // Fills the batch and says which it is, from 0; nothing when there is no more to do.
  std::optional<std::uint64_t> take(Batch& batch) {
    const std::lock_guard<std::mutex> taking(in_);
    {
      std::unique_lock<std::mutex> lock(out_);
      moved_.wait(lock, [this] { return closed_ || taken_ - written_ < most_in_flight_; });
      if (closed_) return std::nullopt;
    }
    const auto more = lines_.next(batch);
    if (!more) fail(more.error());
    if (!more || !*more) return std::nullopt;
    const std::lock_guard<std::mutex> lock(out_);
    return taken_++;
  }

  Answers answer(Judge& judge, const Batch& batch) const {
    constexpr std::size_t kUsualAnswer = 384;
    Answers answers{{}, batch.count(), 0, batch.input};
    answers.text.reserve(batch.count() * kUsualAnswer);
    std::uint64_t number = batch.first;
    for (const std::string_view line : batch.lines) {
      const std::size_t before = answers.text.size();
      const bool valid = judge.judge(line, number++, answers.text);
      if (!valid)
        ++answers.invalid;
      else if (plan_.only_invalid)
        answers.text.resize(before);
    }
    if (batch.too_long) {
      ++answers.invalid;
      append_error(answers.text, usage_error("the line is longer than " + std::to_string(lines_.limits().line) + " bytes"), number);
    }
    return answers;
  }

  // Writes what can go out now: these answers and those that waited for them, or nothing as yet.
  void give(std::uint64_t turn, Answers answers) {
    const std::lock_guard<std::mutex> lock(out_);
    waiting_.emplace(turn, std::move(answers));
    for (auto next = waiting_.begin(); heard_ && next != waiting_.end() && next->first == written_;
         next = waiting_.erase(next), ++written_) {
      tally_.records += next->second.records;
      tally_.invalid += next->second.invalid;
      tally_.input = next->second.input;
      heard_ = plan_.write(next->second.text, tally_);
    }
    closed_ = closed_ || !heard_;
    moved_.notify_all();
  }

  void fail(Error error) {
    const std::lock_guard<std::mutex> lock(out_);
    if (!error_) error_ = std::move(error);
    closed_ = true;
    moved_.notify_all();
  }

  Lines& lines_;
  Terms& terms_;
  const Plan& plan_;
  const std::uint64_t most_in_flight_;
  std::mutex in_;   // of lines_; taken before out_
  std::mutex out_;  // of all below
  std::condition_variable moved_;
  std::map<std::uint64_t, Answers> waiting_;
  std::uint64_t taken_{0};
  std::uint64_t written_{0};
  bool closed_{false};  // no more batches are taken; those that were still go out
  bool heard_{true};    // somebody takes the answers
  Tally tally_;
  std::optional<Error> error_;
};

}  // namespace

Result<Tally> judge_all(Lines& lines, Terms& terms, const Plan& plan) {
  Run run(lines, terms, plan);
  // A small file has no work for many.
  const std::uint64_t blocks = lines.size() ? *lines.size() / lines.limits().block + 1 : plan.threads;
  {
    std::vector<std::jthread> others;
    try {
      while (others.size() + 1 < std::min<std::uint64_t>(plan.threads, blocks)) others.emplace_back([&run] { run.work(); });
    } catch (const std::system_error&) {
      // No more threads are to be had: those that there are do it.
    }
    run.work();
  }
  return run.result();
}

unsigned usable_cpus() {
#ifdef __linux__
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1U, static_cast<unsigned>(CPU_COUNT(&allowed)));
#endif
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace hookctl::bulk
