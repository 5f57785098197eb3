// Embedded providers as subjects of a check, with made-up keys. Keys are made once for a run: an RSA key takes its time.
#pragma once

#include <map>
#include <string>

#include "base/random.hpp"
#include "check/made.hpp"
#include "event/self_test.hpp"
#include "signing/verify.hpp"

namespace hookctl::test {

constexpr UnixMs kCheckNow = 1'790'000'000'123;

struct Checked {
  check::Subject subject;
  signing::Keys stranger;
};

inline provider::Catalog& check_catalog() {
  static provider::Catalog catalog;
  return catalog;
}

inline Checked checked(const std::string& id) {
  static std::map<std::string, Checked> known;
  static SeededRandom random(7);
  if (const auto found = known.find(id); found != known.end()) return found->second;
  provider::Catalog& catalog = check_catalog();
  Checked out;
  out.subject.provider = catalog.find(id).value();
  out.subject.keys = event::made_up_keys(out.subject.provider->scheme, random).value();
  out.stranger = event::made_up_keys(out.subject.provider->scheme, random).value();
  out.subject.url = http::parse_url("https://hooks.example/in/webhook?tenant=7").value();
  for (const std::string& event : catalog.events(*out.subject.provider)) out.subject.samples.push_back(catalog.fixture(*out.subject.provider, event).value());
  known[id] = out;
  return out;
}

// The subject's own judgement of a request, by all ways of its provider.
inline signing::Verification verified(const check::Subject& subject, const check::Made& made, UnixMs now = kCheckNow) {
  signing::VerifyInputs inputs;
  inputs.url = made.url.text();
  inputs.audience = subject.url.text();
  inputs.now = now;
  return signing::verify(subject.provider->scheme, subject.keys, made.request, inputs).value();
}

inline Result<check::Made> make(const Checked& checked, const check::Step& step, std::uint64_t seed = 1) {
  SeededRandom random(seed);
  return check::make(checked.subject, step, checked.stranger, kCheckNow, random);
}

}  // namespace hookctl::test
