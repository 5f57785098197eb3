// Labels of a case become ids and addresses. Its form in a file is case_json.cpp's.
#include "fuzz/case.hpp"

#include <map>
#include <optional>

#include "base/random.hpp"

namespace hookctl::fuzz {

namespace {

constexpr std::string_view kCallback = "{callback}";
constexpr std::size_t kTokenLetters = 16;

bool is_label_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// The length of the label that begins at the '{' at `at`, with its braces; 0 when none does.
std::size_t label_length(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_label_letter(text[end])) ++end;
  return end > at + 1 && end < text.size() && text[end] == '}' ? end + 1 - at : 0;
}

// The ids that stand for the labels of a case, made when a label is first met.
class FreshIds {
 public:
  explicit FreshIds(check::Bench& bench) : bench_(bench) {}

  std::string filled(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = text[at] == '{' ? label_length(text, at) : 0;
      if (length == 0) {
        out += text[at++];
        continue;
      }
      out += id_of(std::string(text.substr(at, length)));
      at += length;
    }
    return out;
  }

 private:
  const std::string& id_of(const std::string& label) {
    const auto known = ids_.find(label);
    return known != ids_.end() ? known->second : ids_.emplace(label, bench_.fresh_id()).first->second;
  }

  check::Bench& bench_;
  std::map<std::string, std::string> ids_;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

}  // namespace

Result<Instance> instantiate(check::Bench& bench, const Case& wanted) {
  Instance out{wanted.play, {}};
  FreshIds ids(bench);
  for (check::Step& step : out.play.steps) {
    step.id = ids.filled(step.id);
    for (check::Patch& patch : step.patches) {
      if (patch.change.text.find(kCallback) == std::string::npos) continue;
      if (bench.listener() == nullptr) return usage_error("it needs a listener of our own, whose address the endpoint may fetch");
      out.tokens.push_back(random_text(bench.choices(), "abcdefghijklmnopqrstuvwxyz", kTokenLetters));
      patch.change.text = replaced(std::move(patch.change.text), kCallback, bench.listener()->url(out.tokens.back()));
    }
  }
  for (check::EffectCount& effect : out.play.effects) effect.id = ids.filled(effect.id);
  return out;
}

}  // namespace hookctl::fuzz
