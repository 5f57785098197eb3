// A body with a value of every kind and meaning, for tests of what changes values.
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "check/patches.hpp"
#include "check/places.hpp"
#include "fuzz/mutators.hpp"

namespace hookctl::test {

inline const std::string kFuzzBody = R"({
  "id": "evt_1a2b3c4d", "type": "invoice.paid", "created": 1700000001,
  "data": {"object": {
    "id": "in_1a2b3c", "title": "Hello world again", "customer": "cus_9s6XKzkN", "status": "paid", "reason_code": "charge.failed",
    "ref": "refs/heads/main", "amount": 2000, "count": 3, "price": "12.50", "livemode": false, "auto": true, "email": "ada@example.com",
    "homepage": "https://example.com/a", "site": "//example.com/x y", "note": null, "markup": "<a>b</a>", "answer": "/deploy now please",
    "created": 1700000001, "updated": 1700000001123, "ts": "1355517523.000005", "updated_at": "2024-05-06T07:08:09Z",
    "owner": {"id": 7, "login": "octo", "admin": false}, "metadata": {"order": "no12", "shop": "no7"}, "empty": {},
    "lines": [{"id": "li_1x2y3z", "qty": 1}, {"id": "li_4x5y6z", "qty": 2}], "tags": [], "labels": ["one", "two words"]
  }}
})";

inline check::Body fuzz_body() { return check::Body::read("application/json", kFuzzBody).value(); }
inline std::string main_path(const std::string& path) { return "data.object." + path; }

// The body with that patch.
inline std::string with_patch(const check::Body& body, const check::Patch& patch) {
  check::Step step;
  step.patches = {patch};
  return check::patched(step, body.is_form() ? "application/x-www-form-urlencoded" : "application/json", body.text()).value();
}

inline std::string times(const std::string& text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

// What the mutator of that name makes of a place.
inline std::optional<fuzz::Mutated> mutated(const std::string& name, const check::Body& body, const std::string& path,
                                            std::uint64_t seed = 1) {
  const fuzz::Mutator* mutator = fuzz::find_mutator(name);
  REQUIRE_MESSAGE(mutator != nullptr, name);
  const auto at = body.find(path);
  REQUIRE_MESSAGE(at.has_value(), path);
  SeededRandom random(seed);
  return mutator->of(body, body.places()[*at], random);
}

}  // namespace hookctl::test
