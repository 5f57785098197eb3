// Requests that were signed right and then broken in a known way, so that a diagnosis can be held against what really happened.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"
#include "provider/catalog.hpp"
#include "signing/diagnose.hpp"

namespace hookctl::house {

inline constexpr UnixMs kSignedAt = 1'769'860'800'000;

// A provider's event, unsigned, with keys of its form.
struct Subject {
  const provider::Provider* provider{nullptr};
  std::string event;
  std::string id;
  http::Request request;
  signing::Keys keys;
  std::string url;
};

// What the receiver holds, and what it must be told.
struct Broken {
  std::string how;                 // "pretty-printed after signing"
  std::vector<std::string> codes;  // any of these first is right
  http::Request request;
  signing::Keys keys;
  std::string url;
  UnixMs now{kSignedAt};
  const provider::Provider* verified_as{nullptr};  // null: the subject's provider
  std::vector<signing::OtherSecret> other_secrets{};
  bool own_sample{true};  // is the event's own fixture among the samples?
};

// Keys of the form that the provider hands out; `seed` makes different ones.
signing::Keys keys_for(const provider::Provider& provider, std::uint64_t seed);

// The subject signed as its provider does, or by a scheme that differs. Nothing when that cannot be done.
struct Made {
  http::Request request;
  std::string url;
};
std::optional<Made> sign_as(const Subject& subject, const signing::Scheme& scheme, const signing::Keys& keys, const std::string& id = "");

// Every way in which this subject can be broken.
std::vector<Broken> break_bodies(const Subject& subject);
std::vector<Broken> break_keys(const Subject& subject);
std::vector<Broken> break_fields(const Subject& subject);
std::vector<Broken> break_urls(const Subject& subject);
std::vector<Broken> mistake_provider(const Subject& subject, const std::vector<const provider::Provider*>& others);

}  // namespace hookctl::house
