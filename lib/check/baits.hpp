// Baits: events whose texts try to make the endpoint, or an agent behind it, do what they say. For the rules about agents. What merely
// comes back as it was sent is an echo and no fault.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "check/group_trial.hpp"
#include "check/rule.hpp"

namespace hookctl::check {

// What in a bait must not work.
struct Lure {
  std::string place;     // where it was put
  std::string word{};    // must not come back in a text of its own; "" for none
  bool computed{false};  // the word was not sent, so wherever it stands it is the result
  std::string token{};   // of a URL of our listener that must not be fetched, or ""
  std::string worked;    // completes "PLACE: …" when it did: "an instruction in it was followed"
  bool remark_only{false};
};

struct Bait {
  std::string event;
  Step step;
  std::vector<Lure> lures;
};

// Makes a bait with fresh words; nothing where the event has no place for it. `careful`: only where it is least odd, for what was sent
// before was refused.
using MakeBait = std::function<Result<std::optional<Bait>>(Bench&, bool careful)>;

// Sends them, at most `most` requests, and looks at answers, effects and listener. `none` is why the rule does not apply when there is no
// bait.
Result<Outcome> bait_trial(Bench& bench, const std::vector<MakeBait>& makers, std::size_t most, const std::string& none);

// Does a text of its own hold the word: a JSON string (or a whole text that is no JSON) that is no piece of `sent`, the texts that were
// sent, and no instruction that came back in other words? The text, or nothing.
std::optional<std::string> own_text_with(std::string_view answer, std::string_view word, const std::vector<std::string>& sent);
// All strings in a JSON text, or the text itself when it is none.
std::vector<std::string> texts_of(std::string_view answer);

// A word of twelve letters that stands nowhere by chance; the same for the same seed.
std::string canary(Bench& bench);
// Texts for people, as they stand or missing (null): where instructions go. `careful`: only those that are there.
bool is_prose(const Place& place, bool careful);
// The indices of the places that are not left alone and that `fits` takes.
std::vector<std::size_t> places_of(const Draft& event, const std::function<bool(const Place&)>& fits);

}  // namespace hookctl::check
