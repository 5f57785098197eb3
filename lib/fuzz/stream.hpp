// Mutated events, signed, as bytes, made as fast as an endpoint takes them. A draw says in a few numbers what was done, so that the few that matter
// can be made again as cases. For this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "check/bench.hpp"
#include "check/group_trial.hpp"
#include "check/signing_keys.hpp"
#include "fuzz/bandit.hpp"
#include "fuzz/case.hpp"
#include "fuzz/mutators.hpp"
#include "fuzz/pursuit.hpp"
#include "signing/sign.hpp"

namespace hookctl::fuzz {

// New event ids that look like the provider's: each place of the id is drawn from what stood there in some of them.
class FreshIds {
 public:
  explicit FreshIds(check::Bench& bench);
  std::string next();

 private:
  check::Bench& bench_;
  SeededRandom letters_;  // from the bench's ids
  std::vector<std::string> alphabets_;  // empty: the ids have different lengths, and the bench makes them
  bool has_none_{false};                // the provider's events
};

// What was done to one event.
struct Draw {
  enum class Kind { places, text, bytes };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  Kind kind{Kind::places};
  std::size_t place{0};      // of the stream's places; of Kind::bytes its event alone counts
  std::size_t mutator{0};    // of mutators()
  std::size_t second_place{kNone};
  std::size_t second_mutator{0};
  std::uint64_t seed{0};     // of everything else
};

// Not thread-safe.
class Stream {
 public:
  // For the event types that are handled, at most 6. `usage` when no event has places.
  static Result<Stream> make(check::Bench& bench, const Pursuit& pursuit);

  Draw draw();
  // What the arms of the draw were worth, 0 to 1.
  void reward(const Draw& draw, double worth);
  // The draw as data, to be played, made smaller, and kept.
  Case case_of(const Draw& draw) const;
  // One whole request, signed now, with a fresh event id. False when the draw changes nothing or cannot be made.
  bool write(const Draw& draw, std::string& bytes, std::string& event_id);
  // May the endpoint keep the connection for another request? At first each request asks for its end, as the bench's do.
  void keep_connections(bool keep) noexcept { keeps_connections_ = keep; }
  // New times in the events.
  Result<void> freshen();
  // The path that the draw changes, without indices; "" of bytes.
  std::string path_of(const Draw& draw) const;

 private:
  struct Source {
    check::Draft draft{};
    http::Request plain{};                // signed, with the draft's id
    http::Request request{};              // the same, written anew for each draw
    std::vector<std::string> id_fields{};  // names of fields that hold the id alone
    std::vector<std::size_t> by_path{};   // of each place the one that its path leads to: of a key that stands twice the first
    std::size_t letter{0};                // of the id: what to look for
  };
  struct Spot {
    std::size_t source;
    std::size_t place;
    std::vector<std::size_t> fitting{};  // mutators of a moderate size that are known to do something there
    std::vector<std::size_t> all{};      // those, and the large ones
  };

  Stream(check::Bench& bench, std::vector<std::string> events, check::Signer way);
  static Source source_of(check::Draft draft, http::Request request);
  void find_spots(const Pursuit& pursuit);
  void find_mutators(Spot& spot) const;
  std::size_t choose_mutator(std::size_t spot, std::uint64_t seed);
  template <typename Take>
  void each_change(const Draw& draw, Take take) const;
  bool write_body(const Source& source, const Draw& draw, std::string& body);

  check::Bench* bench_;
  FreshIds ids_;
  std::vector<std::string> events_;
  std::vector<Source> sources_;
  std::vector<Spot> spots_;
  Bandit spots_arms_;
  Bandit mutator_arms_;
  bool keeps_connections_{false};
  std::unique_ptr<check::Signer> way_;  // what signer_ looks at
  signing::Signer signer_;
  std::string url_;
  std::string target_;
  std::string authority_;
  signing::SignInputs inputs_{};
  check::Changes changes_{};
};

}  // namespace hookctl::fuzz
