// The law of the diagnosis: every cause is made to happen to every provider's events where it can, and at least 95 of 100 are named right; a
// certain diagnosis is never wrong, and nothing that a stranger makes up is diagnosed with certainty.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "base/random.hpp"
#include "base/text.hpp"
#include "diagnosis_corpus.hpp"
#include "event/compose.hpp"
#include "signing/canonical.hpp"
#include "signing/verify.hpp"

using namespace hookctl;
using namespace hookctl::house;

namespace {

constexpr std::size_t kEffort = 24 * 1024 * 1024;  // an eighth of what verify spends: the corpus is large
constexpr std::size_t kEventsEach = 2;
constexpr std::size_t kMistakenEach = 3;

provider::Catalog& catalog() {
  static provider::Catalog catalog;
  return catalog;
}

const std::vector<const provider::Provider*>& signing_providers() {
  static std::vector<const provider::Provider*> known;
  if (!known.empty()) return known;
  auto all = catalog().all();
  if (!all) FAIL(all.error().message);
  std::erase_if(*all, [](const provider::Provider* each) { return each->scheme.kind == signing::Kind::none && each->scheme.alternatives.empty(); });
  known = *std::move(all);
  return known;
}

std::optional<Subject> subject_of(const provider::Provider& provider, const std::string& event) {
  const auto fixture = catalog().fixture(provider, event);
  if (!fixture) return std::nullopt;
  event::ComposeInputs inputs;
  inputs.now = kSignedAt;
  SeededRandom random(11);
  auto composed = event::compose(provider, *fixture, inputs, random);
  if (!composed) return std::nullopt;
  Subject subject{&provider, event, composed->id, std::move(composed->request), keys_for(provider, 5), "https://hooks.example/in/" + provider.id + "?team=7"};
  subject.request.target = "/in/" + provider.id + "?team=7";
  return subject;
}

// The provider's own bodies, the event's first.
const std::vector<std::string>& samples_of(const provider::Provider& provider, const std::string& event, bool own) {
  static std::map<std::string, std::vector<std::string>> known;
  const auto [place, is_new] = known.try_emplace(provider.id + " " + event + (own ? "" : " not"));
  std::vector<std::string>& samples = place->second;
  if (!is_new) return samples;
  if (own) samples.push_back(catalog().fixture(provider, event)->body);
  for (const std::string& other : catalog().events(provider)) {
    if (other != event && samples.size() < 4) samples.push_back(catalog().fixture(provider, other)->body);
  }
  return samples;
}

signing::Verification verdict_on(const provider::Provider& provider, const Broken& broken, const signing::VerifyInputs& inputs) {
  auto found = signing::verify(provider.scheme, broken.keys, broken.request, inputs);
  if (found) return *std::move(found);
  signing::Verification refused;
  refused.verdict = signing::Verdict::invalid;
  refused.code = "secret_form";
  refused.message = found.error().message;
  return refused;
}

struct Count {
  std::size_t all{0};
  std::size_t right{0};
};

class Corpus {
 public:
  // Breaks and diagnoses; what stays valid is no cause.
  void take(const Subject& subject, const Broken& broken) {
    const provider::Provider& provider = broken.verified_as != nullptr ? *broken.verified_as : *subject.provider;
    signing::VerifyInputs inputs;
    inputs.now = broken.now;
    inputs.url = broken.url;
    const signing::Verification found = verdict_on(provider, broken, inputs);
    if (found.verdict != signing::Verdict::invalid) return;
    if (!broken.own_sample && catalog().events(provider).size() == 1) return;  // nothing is known of its bodies
    const std::vector<std::string>& samples = samples_of(provider, broken.verified_as != nullptr ? catalog().events(provider).front() : subject.event, broken.own_sample);
    std::vector<signing::OtherProvider> others;
    for (const provider::Provider* each : signing_providers()) {
      if (each != &provider) others.push_back({each->title, &each->scheme, false});
    }
    const auto begun = std::chrono::steady_clock::now();
    const auto diagnoses = signing::diagnose({provider.scheme, broken.keys, broken.request, inputs, found, provider.title, provider.secret_form, broken.other_secrets, others, samples, kEffort});
    slowest_ = std::max(slowest_, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    REQUIRE_FALSE(diagnoses.empty());
    judge(subject, broken, provider.id, found.code, diagnoses);
  }

  void report() const {
    for (const std::string& miss : misses_) MESSAGE(miss);
    std::size_t all = 0;
    std::size_t right = 0;
    for (const auto& [code, count] : counts_) {
      MESSAGE(pad(code, 24) << count.right << " of " << count.all);
      all += count.all;
      right += count.right;
    }
    MESSAGE("named right: " << right << " of " << all << " (" << 100.0 * static_cast<double>(right) / static_cast<double>(all) << " %), " << certain_ << " with certainty; slowest " << slowest_ << " s");
    CHECK(all > 2000);
    CHECK(right * 100 >= all * 95);
    CHECK(wrong_and_certain_ == 0);
    for (const char* code : {"wrong_secret", "other_secret_matches", "other_provider_matches", "secret_form", "body_reserialized", "body_newline", "body_encoding", "body_truncated", "signature_encoding",
                             "signature_truncated", "malformed_signature", "missing_header", "timestamp_too_old", "timestamp_in_future", "timestamp_unit", "id_mismatch", "url_mismatch", "unsupported_scheme"}) {
      INFO(code);
      REQUIRE(counts_.count(code) == 1);
      CHECK(counts_.at(code).right * 100 >= counts_.at(code).all * 85);
    }
  }

 private:
  static std::string pad(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
  }

  void judge(const Subject& subject, const Broken& broken, const std::string& provider, const std::string& said, const std::vector<signing::Diagnosis>& diagnoses) {
    const signing::Diagnosis& first = diagnoses.front();
    // Two codes say the same of a body that differs from its digest, and of a secret that the other provider cannot read.
    const bool same = (said == "body_mismatch" && first.code == said) || (broken.verified_as != nullptr && said == "secret_form" && first.code == said);
    const bool right = same || std::ranges::find(broken.codes, first.code) != broken.codes.end();
    const bool certain = first.confidence == signing::Confidence::certain;
    Count& count = counts_[broken.codes.front()];
    ++count.all;
    count.right += right ? 1 : 0;
    certain_ += certain ? 1 : 0;
    if (!right && certain) ++wrong_and_certain_;
    if (!right)
      misses_.push_back((certain ? "WRONG AND CERTAIN " : "") + subject.provider->id + " " + subject.event + ", " + broken.codes.front() + " (" + broken.how + "), as " + provider + ": " + said + " -> " + first.code + ": " + first.cause);
    for (const signing::Diagnosis& each : diagnoses) {
      CHECK_FALSE(each.cause.empty());
      for (const Secret& secret : broken.keys.secrets) CHECK((each.cause + each.remedy).find(secret.reveal()) == std::string::npos);
    }
  }

  std::map<std::string, Count> counts_;
  std::vector<std::string> misses_;
  std::size_t wrong_and_certain_{0};
  std::size_t certain_{0};
  double slowest_{0};
};

// Some events of a provider, the first and the last.
std::vector<std::string> some_events(const provider::Provider& provider) {
  std::vector<std::string> events = catalog().events(provider);
  if (events.size() > kEventsEach) events = {events.front(), events.back()};
  return events;
}

// Others that a request of this provider may be taken for: those that would look at it differently.
std::vector<const provider::Provider*> mistaken_for(const std::vector<const provider::Provider*>& all, std::size_t index) {
  std::vector<const provider::Provider*> out;
  const auto kind = [](const provider::Provider* each) { return signing::in_effect(signing::ways(each->scheme).front()).kind; };
  for (std::size_t step = 1; step < all.size() && out.size() < kMistakenEach; ++step) {
    const provider::Provider* other = all[(index + step * 7) % all.size()];
    if (other != all[index] && kind(other) == signing::Kind::hmac && kind(all[index]) == signing::Kind::hmac) out.push_back(other);
  }
  return out;
}

}  // namespace

TEST_CASE("diagnosis: every cause that can happen to a provider's events is named, and none wrongly with certainty") {
  Corpus corpus;
  const auto& all = signing_providers();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::string& event : some_events(*all[i])) {
      const auto subject = subject_of(*all[i], event);
      if (!subject) continue;
      for (const auto& breaks : {break_bodies(*subject), break_keys(*subject), break_fields(*subject), break_urls(*subject), mistake_provider(*subject, mistaken_for(all, i))}) {
        for (const Broken& broken : breaks) corpus.take(*subject, broken);
      }
    }
  }
  corpus.report();
}

TEST_CASE("diagnosis: what a stranger makes up is never diagnosed with certainty") {
  SeededRandom random(3);
  std::size_t looked_at = 0;
  for (const provider::Provider* provider : signing_providers()) {
    const auto subject = subject_of(*provider, catalog().events(*provider).front());
    if (!subject) continue;
    signing::Keys theirs = keys_for(*provider, 1000 + random.next() % 1000);
    const auto made = sign_as(*subject, provider->scheme, theirs);
    if (!made) continue;
    for (int round = 0; round < 6; ++round) {
      Broken broken{"forged", {}, made->request, subject->keys, made->url};
      if (round > 0) broken.request.body.insert(random.next() % (broken.request.body.size() + 1), round % 2 == 0 ? "\n" : "x");
      signing::VerifyInputs inputs;
      inputs.now = kSignedAt;
      inputs.url = broken.url;
      const auto found = verdict_on(*provider, broken, inputs);
      if (found.code != "signature_mismatch") continue;
      ++looked_at;
      const auto diagnoses = signing::diagnose({provider->scheme, broken.keys, broken.request, inputs, found, provider->title, provider->secret_form, {}, {}, {}, kEffort});
      REQUIRE_FALSE(diagnoses.empty());
      for (const auto& each : diagnoses) {
        INFO(provider->id << " " << each.code << ": " << each.cause);
        CHECK(each.confidence != signing::Confidence::certain);
      }
    }
  }
  CHECK(looked_at > 200);
}
