// The search: single causes first, those that are met most often before others; then two at once; then what can be seen.
#include "signing/diagnose.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "signing/diagnose_body.hpp"
#include "signing/diagnose_claim.hpp"
#include "signing/diagnose_evidence.hpp"
#include "signing/diagnose_secret.hpp"
#include "signing/diagnose_trial.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kMostPairedUrls = 40;
constexpr std::int64_t kFullTime = 2000;       // milliseconds
constexpr std::int64_t kQuickTime = 30;        // where no more than kQuickEffort may be spent
constexpr std::size_t kEachUrlText = 600;      // what other URLs cost, times the one's length
constexpr std::size_t kEachPath = 8;           // ids looked for in the body
constexpr int kLineEndsOfLarge = 3;
constexpr std::size_t kEachWhole = 64 * 1024;  // what verifying a token or a signed message costs, in bytes hashed

Diagnosis certain(std::string_view code, std::string cause, std::string remedy) { return {std::string(code), std::move(cause), std::move(remedy), Confidence::certain}; }

Diagnosis of_body(const std::string_view code, const std::string& what) {
  const std::string_view remedy = code == "body_truncated" ? "read the body to its end before it is verified"
                                                           : "hand the verifier the raw bytes of the body, as they came, before anything parses or edits it";
  return certain(code, "the signature is over " + what, std::string(remedy));
}

// A guess about the request beside its body, by any of the parts of diagnose_claim.
std::vector<ClaimGuess> claim_guesses(const Trial& trial) {
  std::vector<ClaimGuess> all = other_timestamps(trial);
  for (ClaimGuess& guess : other_ids(trial)) all.push_back(std::move(guess));
  return all;
}

// The search through one way of the scheme. Each step fills `found_` when it hits.
class Search {
 public:
  Search(const DiagnoseInputs& inputs, const BodyFacts& body, Trial trial, Effort& effort) : inputs_(inputs), body_(body), trial_(std::move(trial)), effort_(effort) {
    if (auto proper = prepare(trial_.way(), inputs.keys)) proper_ = std::move(*proper);
  }

  // Single causes that cost a handful of signatures each.
  bool run_cheap() {
    if (proper_ && (as_it_is() || items() || (body_.is_large && last_line_ends()))) return true;
    if (!body_.is_large && proper_ && (claims(*proper_) || common_bodies(*proper_))) return true;
    readings_ = other_readings(trial_.way(), inputs_.keys, inputs_.title, inputs_.secret_form);
    secrets_ = other_secrets(trial_.way(), inputs_.keys, inputs_.other_secrets);
    const auto alone = [&](KeyGuess& key) { return key_alone(key); };
    return each_key(readings_, alone) || each_key(secrets_, alone) || (proper_ && (is_cut() || urls(*proper_)));
  }

  // Of several signed items one does not match, and others do: the secret is right.
  std::optional<Diagnosis> changed_item() {
    const auto wrong = std::ranges::find_if(items_, [](const ItemSignature& item) { return !item.right; });
    if (wrong == items_.end() || std::ranges::none_of(items_, [](const ItemSignature& item) { return item.right.has_value(); })) return std::nullopt;
    return Diagnosis{"body_reserialized", "the signature at " + wrong->place + " does not match its item, and another item's does: the secret is right, and that item was changed after it was signed",
                     "compare that item with what the provider sent", Confidence::likely};
  }

  // The same content in other schemes' manner; behind other providers' own.
  bool run_other_ways() {
    std::vector<KeyGuess> hashes = other_hashes(trial_.way(), inputs_.keys);
    if (each_key(hashes, [&](KeyGuess& key) { return key_alone(key); })) return true;
    std::vector<ClaimGuess> contents = other_contents(trial_);
    return proper_ && std::ranges::any_of(contents, [&](ClaimGuess& guess) { return claim(*proper_, guess); });
  }

  bool run_bodies() { return proper_ && trial_.signs_body() && (each_encoding(body_, effort_, see_with(*proper_)) || rewritings(*proper_)); }

  bool run_pairs() {
    const auto paired = [&](KeyGuess& key) { return with_key(key, claims(key.keys) || urls(key.keys) || short_bodies(key.keys)); };
    const auto rewritten = [&](KeyGuess& key) { return with_key(key, rewritings(key.keys)); };
    return each_key(readings_, paired) || each_key(secrets_, paired) || (proper_ && claims_and_bodies()) || each_key(readings_, rewritten) || each_key(secrets_, rewritten);
  }

  std::vector<Diagnosis> take() { return std::move(found_); }

 private:
  template <typename Try>
  bool each_key(std::vector<KeyGuess>& keys, Try try_one) {
    return std::ranges::any_of(keys, [&](KeyGuess& key) { return !effort_.is_spent() && try_one(key); });
  }

  // A hit: what was guessed, and how the signature had to be read for it.
  bool hit(const SignatureReading* reading, std::optional<Diagnosis> cause) {
    if (reading == nullptr) return false;
    if (cause) found_.push_back(*std::move(cause));
    if (reading->oddity.empty()) return true;
    const std::string words = "the signature is right, but it is written " + reading->oddity;
    if (reading->other_version) found_.push_back(certain("unsupported_scheme", words, "look for it under that name, or make the sender use the name this provider has"));
    else found_.push_back(certain("signature_encoding", words, "write it as the provider does, or decode it so before it is compared"));
    return true;
  }

  bool as_it_is() {
    const SignatureReading* reading = trial_.match(*proper_, {}, effort_);
    if (reading != nullptr && reading->oddity.empty()) return right_after_all();
    return hit(reading, std::nullopt);
  }

  // Signatures inside the body that are right and written in another way.
  bool items() {
    items_ = trial_.items(*proper_, effort_);
    const auto odd = std::ranges::find_if(items_, [](const ItemSignature& item) { return item.right && !item.right->oddity.empty(); });
    return odd != items_.end() && std::ranges::all_of(items_, [](const ItemSignature& item) { return item.right.has_value(); }) && hit(&*odd->right, std::nullopt);
  }

  // All that is tried of the line ends of a large body.
  bool last_line_ends() {
    int tried = 0;
    const SeeBody see = see_with(*proper_);
    if (trial_.signs_body()) each_line_end(body_, effort_, [&](BodyGuess guess) { return see(std::move(guess)) || ++tried == kLineEndsOfLarge; });
    return !found_.empty();
  }

  bool is_cut() {
    if (!trial_.is_cut(*proper_, effort_)) return false;
    found_.push_back(certain("signature_truncated", "what was sent is the beginning of the right signature: its end was cut off", "look for a column, field or log line that is too short for it"));
    return true;
  }

  // The signature is right: what verify() said is all that is wrong, and at times there is a better word for it.
  bool right_after_all() {
    const Verification& said = inputs_.found;
    const std::string_view unit = trial_.scheme().timestamp ? other_unit(trial_.timestamp(), trial_.scheme().timestamp->unit) : std::string_view{};
    if (!unit.empty() && said.code.find("timestamp") != std::string::npos) {
      found_.push_back(certain("timestamp_unit", "the signature is right, and the timestamp is in " + std::string(unit) + "; this provider sends " + std::string(unit_of_scheme()),
                               "send it in the provider's unit, and sign that"));
    } else if (said.code == "malformed_signature" || said.code == "signature_mismatch") {
      found_.push_back(certain("signature_encoding", "the signature is right, but its field has more around it than the provider's", "write the field as the provider does"));
    } else {
      found_.push_back(certain(said.code, said.message, said.remedy));
    }
    return true;
  }

  std::string_view unit_of_scheme() const;

  bool claim(Prepared& keys, ClaimGuess& guess) {
    const SignatureReading* reading = trial_.match(keys, guess.guess, effort_);
    return reading != nullptr && hit(reading, certain(guess.code, guess.cause, guess.remedy));
  }

  bool claims(Prepared& keys) {
    if (claims_.empty() && effort_.take(kEachPath * trial_.request().body.size())) claims_ = claim_guesses(trial_);
    return std::ranges::any_of(claims_, [&](ClaimGuess& guess) { return claim(keys, guess); });
  }

  bool urls(Prepared& keys) {
    if (body_.is_large) return false;
    if (urls_.empty() && effort_.take(kEachUrlText * (trial_.url().size() + trial_.request().target.size()))) urls_ = other_url_guesses(trial_);
    return std::ranges::any_of(urls_, [&](ClaimGuess& guess) { return claim(keys, guess); });
  }

  bool key_alone(KeyGuess& key) { return hit(trial_.match(key.keys, {}, effort_), certain(key.code, key.cause, key.remedy)); }

  // Something about the request was found with this key: both are needed.
  bool with_key(const KeyGuess& key, bool found) {
    if (found) found_.insert(found_.begin(), certain(key.code, key.cause + " (together with the next cause)", key.remedy));
    return found;
  }

  SeeBody see_with(Prepared& keys) {
    return [this, &keys](BodyGuess guess) {
      const SignatureReading* reading = trial_.match(keys, {.body = std::move(guess.body)}, effort_);
      return reading != nullptr && hit(reading, of_body(guess.code, guess.what));
    };
  }

  bool common_bodies(Prepared& keys) { return trial_.signs_body() && (each_line_end(body_, effort_, see_with(keys)) || each_common_rewriting(body_, effort_, see_with(keys))); }
  bool short_bodies(Prepared& keys) { return trial_.signs_body() && (each_line_end(body_, effort_, see_with(keys)) || each_encoding(body_, effort_, see_with(keys))); }
  bool rewritings(Prepared& keys) { return trial_.signs_body() && each_rewriting(body_, effort_, see_with(keys)); }

  // A changed body and another URL, id or timestamp.
  bool claims_and_bodies() {
    if (!trial_.signs_body()) return false;
    std::vector<ClaimGuess*> all;
    for (ClaimGuess& guess : claims_) all.push_back(&guess);
    for (std::size_t i = 0; i < std::min(urls_.size(), kMostPairedUrls); ++i) all.push_back(&urls_[i]);
    return std::ranges::any_of(all, [&](ClaimGuess* other) {
      return !effort_.is_spent() && each_line_end(body_, effort_, [&](BodyGuess guess) {
        Guess both = other->guess;
        both.body = std::move(guess.body);
        const SignatureReading* reading = trial_.match(*proper_, std::move(both), effort_);
        if (reading == nullptr) return false;
        found_.push_back(certain(other->code, other->cause + " (together with the next cause)", other->remedy));
        return hit(reading, of_body(guess.code, guess.what));
      });
    });
  }

  const DiagnoseInputs& inputs_;
  const BodyFacts& body_;
  Trial trial_;
  Effort& effort_;
  std::optional<Prepared> proper_;
  std::vector<KeyGuess> readings_;
  std::vector<KeyGuess> secrets_;
  std::vector<ClaimGuess> claims_;
  std::vector<ClaimGuess> urls_;
  std::vector<ItemSignature> items_;
  std::vector<Diagnosis> found_;
};

std::string_view Search::unit_of_scheme() const {
  switch (trial_.scheme().timestamp->unit) {
    case TimeUnit::seconds:
      return "seconds since 1970";
    case TimeUnit::milliseconds:
      return "milliseconds since 1970";
    case TimeUnit::iso8601:
      return "an ISO 8601 time";
  }
  return "";
}

bool is_right(const Verification& found) { return found.verdict == Verdict::valid || found.code == "timestamp_too_old" || found.code == "timestamp_in_future"; }

// Is the request right as another provider's, but for its age?
std::vector<Diagnosis> as_other_provider(const DiagnoseInputs& inputs, Effort& effort) {
  for (const OtherProvider& other : inputs.other_providers) {
    if (other.scheme == nullptr || !effort.take(inputs.request.body.size())) continue;
    VerifyInputs plain = inputs.inputs;
    plain.explain = false;
    const auto found = verify(*other.scheme, inputs.keys, inputs.request, plain);
    if (!found || !is_right(*found)) continue;
    const std::string title(other.title);
    return {certain("other_provider_matches", "the signature is right as one of " + title + "'s", "verify it as " + title + "'s")};
  }
  return {};
}

// Schemes that are verified as a whole (tokens, signatures inside the body): other bodies, then other secrets.
std::vector<Diagnosis> search_whole(const DiagnoseInputs& inputs, const BodyFacts& body, Effort& effort) {
  VerifyInputs plain = inputs.inputs;
  plain.explain = false;
  std::vector<Diagnosis> found;
  http::Request request = inputs.request;
  auto verifier = Verifier::create(inputs.scheme, inputs.keys);
  const SeeBody see = [&](BodyGuess guess) {
    if (!verifier || !effort.take(guess.body.size() + kEachWhole)) return false;
    request.body = std::move(guess.body);
    if (!is_right(verifier->verify(request, plain))) return false;
    found.push_back(of_body(guess.code, guess.what));
    return true;
  };
  if (each_line_end(body, effort, see) || each_encoding(body, effort, see) || each_rewriting(body, effort, see)) return found;
  const auto try_key = [&](const Scheme& way, const Keys& keys, Diagnosis cause) {
    if (!effort.take(inputs.request.body.size() + kEachWhole)) return false;
    const auto answer = verify(way, keys, inputs.request, plain);
    if (answer && (is_right(*answer) || answer->code == "body_mismatch")) found.push_back(std::move(cause));
    return !found.empty();
  };
  for (const Scheme& way : ways(inputs.scheme)) {
    for (const KeyGuess& guess : other_readings(way, inputs.keys, inputs.title, inputs.secret_form)) {
      Scheme as_text = way;
      as_text.keys = {KeyForm{}};
      if (guess.keys.keys.empty() || way.kind == Kind::code) continue;
      if (try_key(as_text, Keys{.secrets = {guess.keys.keys.front().text}}, certain(guess.code, guess.cause, guess.remedy))) return found;
    }
    for (const OtherSecret& other : inputs.other_secrets) {
      Keys keys{.secrets = {other.secret}};
      if (is_key_pair(in_effect(way))) keys = {.secrets = inputs.keys.secrets, .public_key = std::string(other.secret.reveal())};
      if (try_key(way, keys, certain("other_secret_matches", "the signature was made with " + other.label, "verify with that secret, or make the sender use this one"))) return found;
    }
  }
  return found;
}

// Codes that say what is wrong by themselves: nothing has to be searched for.
bool is_plain_fact(std::string_view code) {
  return code == "wrong_claim" || code == "url_mismatch" || code == "untrusted_key_url" || code == "unknown_key" || code == "wrong_algorithm";
}

std::vector<Diagnosis> search(const DiagnoseInputs& inputs, const BodyFacts& body, Effort& effort) {
  std::vector<Search> searches;
  for (const Scheme& way : ways(inputs.scheme)) {
    if (auto trial = Trial::create(way, inputs.request, inputs.inputs)) searches.emplace_back(inputs, body, *std::move(trial), effort);
  }
  for (Search& one : searches) {
    if (one.run_cheap()) return one.take();
  }
  if (body.is_large) return {};
  if (auto found = as_other_provider(inputs, effort); !found.empty()) return found;
  const std::string& code = inputs.found.code;
  if (searches.empty()) return code == "signature_mismatch" || code == "body_mismatch" || code == "missing_field" ? search_whole(inputs, body, effort) : std::vector<Diagnosis>{};
  for (bool (Search::*step)() : {&Search::run_other_ways, &Search::run_bodies, &Search::run_pairs}) {
    for (Search& one : searches) {
      if ((one.*step)()) return one.take();
    }
  }
  for (Search& one : searches) {
    if (auto changed = one.changed_item()) return {*std::move(changed)};
  }
  return {};
}

// Of a key pair nothing tells a cut signature from another but its length (RFC 8032; the length that a DER sequence begins with).
bool looks_cut(const DiagnoseInputs& inputs) {
  const Scheme& scheme = in_effect(ways(inputs.scheme).front());
  const auto field = scheme.signature.from.place == Place::header ? inputs.request.headers.find(scheme.signature.from.name) : std::nullopt;
  if (!field || (scheme.kind != Kind::ed25519 && scheme.kind != Kind::ecdsa)) return false;
  std::size_t longest = 0;
  bool cut = false;
  for (const std::string& bytes : read_cut_signatures(scheme, *field)) {
    longest = std::max(longest, bytes.size());
    cut |= scheme.kind == Kind::ecdsa && bytes.size() > 8 && bytes[0] == 0x30 && 2U + static_cast<unsigned char>(bytes[1]) > bytes.size();
  }
  return cut || (scheme.kind == Kind::ed25519 && longest >= 16 && longest < 64);
}

}  // namespace

std::string_view to_text(Confidence confidence) noexcept {
  switch (confidence) {
    case Confidence::certain:
      return "certain";
    case Confidence::likely:
      return "likely";
    case Confidence::possible:
      return "possible";
  }
  return "";
}

std::vector<Diagnosis> diagnose(const DiagnoseInputs& inputs) {
  const Verification& said = inputs.found;
  if (said.verdict == Verdict::valid) return {};
  if (said.verdict == Verdict::unverified) return {certain(said.code, said.message, said.remedy)};
  Effort effort(inputs.effort, inputs.effort <= DiagnoseInputs::kQuickEffort ? kQuickTime : kFullTime);
  const BodyFacts body(inputs.request, inputs.samples);
  std::vector<Diagnosis> all;
  const bool in_doubt = said.code == "signature_mismatch";
  if (!is_plain_fact(said.code)) all = search(inputs, body, effort);
  if (!all.empty()) {
    // A field that is missing is wrong whatever else is.
    const bool is_missing = said.code == "missing_header" || said.code == "wrong_header";
    if (is_missing && all.front().code != said.code && all.front().code != "other_provider_matches") all.insert(all.begin(), certain(said.code, said.message, said.remedy));
    return all;
  }
  if ((in_doubt || said.code == "malformed_signature") && looks_cut(inputs)) {
    all.push_back({"signature_truncated", "the signature is shorter than it must be: its end was cut off", "look for a column, field or log line that is too short for it", Confidence::likely});
    all.push_back({said.code, said.message, said.remedy, Confidence::possible});
    return all;
  }
  // A digest that differs, or a place in the body that is not there: what happened to the body says more than that.
  const bool of_body = said.code == "body_mismatch" || (said.code == "missing_field" && !body.json && !body.is_large);
  for (Evidence& evidence : in_doubt || of_body ? weigh_evidence(inputs, body) : std::vector<Evidence>{}) {
    const bool counts = in_doubt || (evidence.diagnosis.code.starts_with("body_") && evidence.diagnosis.confidence == Confidence::likely);
    if (counts) all.push_back(std::move(evidence.diagnosis));
  }
  if (!in_doubt) all.push_back(certain(said.code, said.message, said.remedy));
  return all;
}

}  // namespace hookctl::signing
