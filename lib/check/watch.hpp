// Watches every answer of a run for what must not be in one: stack traces and debug pages, the secret, the signature that would have been
// right, and paths of the server's disk. What we sent ourselves and got back is none of these.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "check/subject.hpp"
#include "signing/keys.hpp"

namespace hookctl::check {

struct Shot;

enum class Leak { stack_trace, secret, signature, path };

// What was seen in an answer. `what` completes "an answer held …" and is no secret itself.
struct Sighting {
  std::string what;
  std::shared_ptr<const Shot> shot;
};

// Not thread-safe. Looks at the first 64 KiB of an answer, and its head.
class Watch {
 public:
  explicit Watch(const Subject& subject);  // its provider outlives it

  // Is told of every delivery and keeps the first few suspicious ones of each kind.
  void see(const Shot& shot);
  const std::vector<Sighting>& of(Leak kind) const noexcept { return seen_[static_cast<std::size_t>(kind)]; }
  // Does this answer hold it? Sighting::what, or nothing.
  std::optional<std::string> look(Leak kind, const Shot& shot) const;
  // Can the right signature of a request be told? Not of shared words, which are the secret itself, nor of those that are random.
  bool knows_signatures() const noexcept;

 private:
  // The texts under which a secret may show.
  struct Spelling {
    std::string name;  // "in hex"
    std::string text;
  };

  std::vector<std::string> right_signatures(const Shot& shot) const;
  void add_secret(const Secret& secret);
  void add_spelling(std::string name, std::string text);
  std::optional<std::string> secret_in(const Shot& shot, std::string_view answer) const;
  std::optional<std::string> signature_in(const Shot& shot, std::string_view answer) const;

  const provider::Provider& provider_;
  signing::Keys keys_;
  std::string audience_;
  std::string samples_;  // all bodies: what an endpoint may know from an event
  std::vector<Spelling> spellings_;
  std::set<std::string, std::less<>> runs_;  // pieces of them that do not stand anywhere by chance
  std::array<std::vector<Sighting>, 4> seen_;
};

}  // namespace hookctl::check
