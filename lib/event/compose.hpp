// Makes new events: a fixture, freshened and edited, as the request its provider would send (still unsigned).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "provider/catalog.hpp"
#include "provider/provider.hpp"

namespace hookctl::event {

// One --set or --unset, applied in the order given. `path` is a JSON path, or a form key where the body is a form.
struct SetValue {
  std::string path;
  std::string value;  // JSON; what is no JSON is taken as a string
};
struct UnsetValue {
  std::string path;
};
using Edit = std::variant<SetValue, UnsetValue>;

// An event ready to be signed: `request` has method, headers and body; its target is set when it is known where it goes.
struct Event {
  std::string type;
  std::string id;
  http::Request request;
};

struct ComposeInputs {
  std::string id{};  // the event id; "" for a fresh one, of the provider's form (a number where the fixture's body has a number)
  UnixMs now{0};
  std::vector<Edit> edits{};
  http::Headers headers{};  // replace the provider's of the same name, or are added
  bool fresh{true};         // false: the fixture's own id and times stay
};

// The fixture's body with a new id and times where the provider has them, then `edits`, inside the provider's headers. Only the bytes of the
// changed values change. `usage` when an edit does not fit the body. Pure but for `random`.
Result<Event> compose(const provider::Provider& provider, const provider::Fixture& fixture, const ComposeInputs& inputs, Random& random);

struct ChallengeInputs {
  UnixMs now{0};
  std::string secret{};        // {secret}: that the challenge hands over
  std::string verify_token{};  // {verify_token}
  http::Headers headers{};     // as in ComposeInputs
};

// The request that the provider makes for a challenge, fresh and still unsigned; its target holds the query alone ("/?hub.mode=…"). `fixture`
// is that of challenge.send.event, null where it names none. `usage` when the secret or verify token that it carries was not given.
Result<Event> compose_challenge(const provider::Provider& provider, const provider::Challenge& challenge, const provider::Fixture* fixture,
                                const ChallengeInputs& inputs, Random& random);

}  // namespace hookctl::event
