// Rules about signatures that are not right: made with other keys, maimed, or taken from another event.
#include "check/rules_signature.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check/forgery.hpp"
#include "check/tampering.hpp"
#include "signing/coverage.hpp"
#include "signing/timestamp.hpp"

namespace hookctl::check {

namespace {

using signing::Encoding;
using signing::Kind;
using signing::Place;
using Cases = Result<std::vector<Case>>;
using Op = Tamper::Op;
using Which = SigningKey::Which;

constexpr const char* kMissing = "signature/missing";
constexpr std::size_t kLongJunk = 10'240;
constexpr std::size_t kBeyond64k = 66'000;
constexpr std::size_t kMostSingleWords = 6;  // where each takes a request of its own
constexpr std::size_t kWordsAtOnce = 6;      // where a field holds several signatures

Step unsigned_step() {
  Step step;
  step.signing.sign = false;
  return step;
}

Step tampered(std::vector<Tamper> tampers) {
  Step step;
  step.tampers = std::move(tampers);
  return step;
}

Step signed_by(std::vector<SigningKey> keys) {
  Step step;
  step.signing.keys = std::move(keys);
  return step;
}

// --- the signature field -------------------------------------------------------------------------------------------------------------

Cases missing(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  std::vector<Case> cases{forgery("an event without a signature", unsigned_step())};
  const bool more = scheme.id || (scheme.timestamp && scheme.timestamp->from.place != Place::kv);
  if (more)
    cases.push_back(forgery("an event without the signature itself, timestamp and id left in", tampered({{.op = Op::drop_signature}})));
  return forgeries(bench, std::move(cases));
}

Cases other_secret(Bench& bench) {
  const bool pair = signing::is_key_pair(scheme_of(bench));
  return forgeries(bench, {forgery(pair ? "an event signed with another private key" : "an event signed with another secret",
                                   signed_by({{.which = Which::stranger}}))});
}

Cases empty(Bench& bench) { return forgeries(bench, {forgery("an empty signature field", tampered({{.op = Op::set_field}}))}); }

Cases bare(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  const signing::SignatureForm& form = scheme.signature;
  const bool wrapped = !form.prefix.empty() || form.kv || form.list || scheme.kind == Kind::jwt;
  if (!wrapped) return usage_error("the signature has neither a prefix nor a version");
  const char* name = scheme.kind == Kind::jwt ? "a token with nothing in the place of its signature"
                                              : "a signature field with nothing behind its prefix or version";
  return forgeries(bench, {forgery(name, tampered({{.op = Op::set_signature}}))});
}

// How long the encoded signature is, without prefix and version.
Result<std::size_t> signature_size(Bench& bench) {
  auto made = capture(bench, Step{});
  if (!made) return made.error();
  auto claim = claim_of(bench.subject(), made->request);
  if (!claim) return claim.error();
  const auto texts = signature_texts(scheme_of(bench), claim->field);
  if (texts.empty()) return usage_error("the signature field holds no signature");
  return texts.front().size();
}

// Of base64 three characters go, for fewer may be padding alone, which many decoders do not need.
Cases truncated(Bench& bench) {
  auto size = signature_size(bench);
  if (!size) return size.error();
  const signing::Scheme& scheme = scheme_of(bench);
  const bool base64 = scheme.signature.encoding == Encoding::base64 || scheme.signature.encoding == Encoding::base64url;
  const std::int64_t tail = base64 || scheme.kind == Kind::jwt ? 3 : 1;
  const auto cut = [](std::string name, std::int64_t number) {
    return forgery(std::move(name), tampered({{.op = Op::cut_signature, .number = number}}));
  };
  std::vector<Case> cases{
      cut(tail == 1 ? "the signature without its last character" : "the signature without its last 3 characters", -tail),
      cut("the first half of the signature", static_cast<std::int64_t>(*size / 2))};
  cases.push_back(*size > 20 ? cut("the signature cut to 8 characters", 8) : cut("the signature cut to 1 character", 1));
  return forgeries(bench, std::move(cases));
}

Cases altered(Bench& bench) {
  const auto flip = [](std::string name, std::int64_t number) {
    return forgery(std::move(name), tampered({{.op = Op::flip_signature, .number = number}}));
  };
  return forgeries(bench, {flip("the signature with another last byte", 2), flip("the signature with another first byte", 0),
                           flip("the signature with another byte in its middle", 1)});
}

Cases junk(Bench& bench) {
  auto size = signature_size(bench);
  if (!size) return size.error();
  const char odd = scheme_of(bench).signature.encoding == Encoding::hex ? 'z' : '!';
  const auto with = [](std::string name, std::string text) {
    return forgery(std::move(name), tampered({{.op = Op::set_signature, .text = std::move(text)}}));
  };
  return forgeries(bench, {with("a signature of characters that its encoding does not have", std::string(*size, odd)),
                           with("a signature of 10 kB", std::string(kLongJunk, 'a'))});
}

// --- the body ------------------------------------------------------------------------------------------------------------------------

Cases body_changed(Bench& bench) {
  const char* name = "a body with one character changed after it was signed";
  auto changed = changed_text(bench, bench.main_event());
  if (changed) {
    Step step = std::move(changed->step);
    step.tampers = {{.op = Op::set_body, .text = std::move(changed->body)}};
    if (auto cases = forgeries(bench, {forgery(name, std::move(step))})) return cases;
  }
  return forgeries(bench, {forgery(name, tampered({{.op = Op::flip_body, .number = 50}}))});
}

Cases body_appended(Bench& bench) {
  Step large = tampered({{.op = Op::append_body, .text = "\n"}});
  large.edits = {event::SetValue{"hookctl_padding", json_quote(std::string(kBeyond64k, 'x'))}};
  Case behind_64k = forgery("a body of more than 64 kB with a line end appended after it was signed", std::move(large));
  // Blanks alone do little harm: mostly an endpoint that verifies what it has parsed and written anew.
  Case blank = forgery("a body with a line end appended after it was signed", tampered({{.op = Op::append_body, .text = "\n"}}));
  blank.severity = report::Severity::medium;
  return forgeries(bench, {std::move(behind_64k), std::move(blank)});
}

// --- another event's -----------------------------------------------------------------------------------------------------------------

// The step with the claim of an event that was accepted in the place of its own.
Step with_claim_of(Step step, const ClaimTexts& claim) {
  if (claim.timestamp) step.tampers.push_back({.op = Op::set_timestamp, .text = *claim.timestamp});
  step.tampers.push_back({.op = Op::set_field, .text = claim.field});
  return step;
}

Cases other_event(Bench& bench) {
  auto plain = capture(bench, Step{});
  if (!plain) return plain.error();
  const auto covered = signing::covered_bytes(signing_way(*bench.subject().provider), plain->request, plain->url.text());
  if (covered && covered->empty()) return usage_error("the signature covers nothing of the event");
  const std::vector<std::string> events = bench.events(2);
  Step other{.event = events.empty() ? bench.main_event() : events.back()};
  if (events.size() < 2) {  // the same event with another text
    auto changed = changed_text(bench, other.event);
    if (!changed) return changed.error();
    changed->step.body = changed->body;
    other = std::move(changed->step);
  }
  auto first = bench.deliver(Step{.event = bench.main_event()});
  if (!first) return first.error();
  auto claim = claim_of(bench.subject(), first->made.request);
  if (!claim) return claim.error();
  // Within the same second the timestamps are the same, and cannot be set to what they are.
  Step with_time = with_claim_of(other, *claim);
  ClaimTexts field_only{claim->field};
  auto cases = forgeries(bench, {forgery("an event with the signature of another one", std::move(with_time))});
  return cases ? cases
               : forgeries(bench, {forgery("an event with the signature of another one", with_claim_of(std::move(other), field_only))});
}

Cases other_id(Bench& bench) {
  if (!scheme_of(bench).id) return usage_error("the signature scheme has no message id");
  return forgeries(bench,
                   {forgery("an event with another message id than was signed", tampered({{.op = Op::set_id, .text = bench.fresh_id()}}))});
}

// --- well-known secrets --------------------------------------------------------------------------------------------------------------

struct Word {
  SigningKey key;
  std::string name;
};

// What secrets are when nobody set them, and what examples say; the likeliest first (and last of those that go into one field).
std::vector<Word> words(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  constexpr std::array<std::string_view, 9> kWords{"undefined", "secret", "changeme", "test", "null", "", "None", "whsec_test", "password"};
  std::vector<Word> out;
  const auto add = [&](Which which, std::string_view text, std::string name) {
    Word& word = out.emplace_back();
    word.key.which = which;
    word.key.text = text;
    word.name = std::move(name);
  };
  for (const std::string_view word : kWords) add(Which::plain, word, word.empty() ? "the empty key" : "'" + std::string(word) + "'");
  add(Which::plain, scheme.signature.from.name, "the name of the signature's field");
  const signing::KeyForm form = scheme.keys.empty() ? signing::KeyForm{} : scheme.keys.front();
  const bool as_they_are =
      scheme.kind == Kind::hash || scheme.kind == Kind::token || (form.encoding == signing::KeyEncoding::utf8 && form.strip_prefix.empty());
  if (as_they_are) return out;
  for (const std::string_view word : kWords) {
    if (word.empty() || !signing::decode_secret(Secret(std::string(word)), form)) continue;
    add(Which::word, word, "'" + std::string(word) + "' decoded");
  }
  return out;
}

// Those that are not the user's own.
std::vector<Word> foreign_words(Bench& bench) {
  std::vector<Word> out;
  for (Word& word : words(bench)) {
    if (forgeries(bench, {forgery("", signed_by({word.key}))})) out.push_back(std::move(word));
  }
  return out;
}

Cases default_secrets(Bench& bench) {
  if (signing::is_key_pair(scheme_of(bench))) return usage_error("this provider signs with a key pair");
  const std::vector<Word> all = foreign_words(bench);
  if (all.empty()) return usage_error("no word can be a secret of this scheme");
  std::vector<Case> cases;
  const std::size_t step = takes_several(bench) ? kWordsAtOnce : 1;
  const std::size_t most = step > 1 ? all.size() : std::min(all.size(), kMostSingleWords);
  for (std::size_t from = 0; from < most; from += step) {
    std::vector<SigningKey> keys;
    std::vector<std::string> names;
    for (std::size_t i = from; i < std::min(from + step, most); ++i) {
      keys.push_back(all[i].key);
      names.push_back(all[i].name);
    }
    cases.push_back(forgery((names.size() > 1 ? "an event signed with each of " : "an event signed with ") + join(names, ", "),
                            signed_by(std::move(keys))));
  }
  return forgeries(bench, std::move(cases));
}

// --- older versions ------------------------------------------------------------------------------------------------------------------

std::string random_hex(Bench& bench, std::size_t size) { return random_text(bench.choices(), "0123456789abcdef", size); }

// The signature field in which everything is of version 0, with a signature that nobody made; "" where the scheme has no versions.
std::string older_field(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  const signing::SignatureForm& form = scheme.signature;
  if (form.prefix == "sha256=") return "sha1=" + random_hex(bench, 40);
  const std::string made_up = form.encoding == Encoding::hex
                                  ? random_hex(bench, 64)
                                  : random_text(bench.choices(), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789", 43) + "=";
  if (form.list && form.list->scheme.starts_with("v1")) return "v0" + form.list->scheme_sep + made_up;
  if (!form.kv || form.kv->key != "v1") return "";
  const bool inside = scheme.timestamp && scheme.timestamp->from.place == Place::kv;
  const std::string time = inside ? scheme.timestamp->from.name + form.kv->eq +
                                        signing::timestamp_text(SystemClock().now(), scheme.timestamp->unit) + form.kv->sep
                                  : "";
  return time + "v0" + form.kv->eq + made_up;
}

// A token that says of itself that it needs no signature.
Result<std::string> unsigned_token(Bench& bench) {
  auto made = capture(bench, Step{});
  if (!made) return made.error();
  auto claim = claim_of(bench.subject(), made->request);
  if (!claim) return claim.error();
  const std::string& prefix = scheme_of(bench).signature.prefix;
  const auto parts = split(std::string_view(claim->field).substr(claim->field.starts_with(prefix) ? prefix.size() : 0), ".");
  if (parts.size() != 3) return usage_error("the token does not have three parts");
  return prefix + "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + std::string(parts[1]) + ".";  // {"alg":"none","typ":"JWT"}
}

// Of "X-Hub-Signature-256" and its like the name without its end.
std::string older_header(const signing::Source& from) {
  constexpr std::string_view kEnd = "-256";
  const bool fits = from.place == Place::header && from.name.ends_with(kEnd);
  return fits ? from.name.substr(0, from.name.size() - kEnd.size()) : "";
}

Cases older_version(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (scheme.kind == Kind::jwt) {
    auto token = unsigned_token(bench);
    if (!token) return token.error();
    return forgeries(bench, {forgery("a token of the algorithm 'none'", tampered({{.op = Op::set_field, .text = *token}}))});
  }
  const std::string field = older_field(bench);
  if (field.empty()) return usage_error("the signature scheme has no older version");
  std::vector<Case> cases;
  const std::string header = older_header(scheme.signature.from);
  if (header.empty()) {
    cases.push_back(forgery("a made-up signature of an older version alone", tampered({{.op = Op::set_field, .text = field}})));
  } else {
    cases.push_back(forgery("a made-up SHA-1 signature alone",
                            tampered({{.op = Op::drop_signature}, {.op = Op::set_header, .name = header, .text = field}})));
    Step beside = signed_by({{.which = Which::stranger}});
    beside.tampers = {{.op = Op::set_header, .name = header, .text = field}};
    cases.push_back(forgery("a made-up SHA-1 signature beside a wrong one of the current version", std::move(beside)));
  }
  return forgeries(bench, std::move(cases));
}

// No case of what nobody signs.
std::function<Cases(Bench&)> of_signed(std::function<Cases(Bench&)> cases) {
  return [cases = std::move(cases)](Bench& bench) -> Cases {
    if (scheme_of(bench).kind == Kind::none) return usage_error("this provider signs nothing");
    return cases(bench);
  };
}

}  // namespace

std::vector<RuleCode> forged_signature_rules() {
  std::vector<RuleCode> rules{
      {.id = kMissing, .cases = missing},
      {.id = "signature/other-secret", .cases = other_secret},
      {.id = "signature/empty", .cases = empty, .follows = kMissing},
      {.id = "signature/bare", .cases = bare, .follows = kMissing},
      {.id = "signature/truncated", .cases = truncated},
      {.id = "signature/altered", .cases = altered},
      {.id = "signature/junk", .cases = junk},
      {.id = "signature/body-changed", .cases = body_changed},
      {.id = "signature/body-appended", .cases = body_appended},
      {.id = "signature/other-event", .cases = other_event},
      {.id = "signature/other-id", .cases = other_id},
      {.id = "signature/default-secrets", .cases = default_secrets},
      {.id = "signature/older-version", .cases = older_version, .follows = kMissing},
  };
  for (RuleCode& rule : rules) rule.cases = of_signed(std::move(rule.cases));
  return rules;
}

std::vector<RuleCode> signature_rules() {
  std::vector<RuleCode> all = forged_signature_rules();
  for (auto part : {unsigned_request_rules(), signature_variation_rules()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace hookctl::check
