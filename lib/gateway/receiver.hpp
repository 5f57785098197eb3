// The conductor of a received request: recognise, verify, keep, forward, answer. Each step is another room's; the order is here.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "gateway/explaining.hpp"
#include "gateway/handshake.hpp"
#include "gateway/observer.hpp"
#include "gateway/published_keys.hpp"
#include "http/transport.hpp"
#include "provider/catalog.hpp"
#include "signing/verify.hpp"
#include "store/journal.hpp"

namespace hookctl::gateway {

// What to do with a request whose signature is wrong.
enum class InvalidPolicy { reject, forward };

// An answer of our own when there is no endpoint.
struct Mock {
  int status{200};
  std::string body;
  std::int64_t delay_ms{0};
};

struct ReceiverOptions {
  std::string listener;                           // address bound, for the journal
  const provider::Provider* provider{nullptr};    // null: recognised by its headers
  signing::Keys keys{};                           // none: nothing is verified
  bool fetches_keys{false};                       // keys that requests name are fetched (ReceiverParts::key_client)
  std::optional<double> tolerance_s{};            // replaces the provider's
  std::string public_url{};                       // how senders see us, for schemes that sign the URL; "" for http://<Host><target>
  std::string audience{};                         // whom a JSON Web Token must be for; "" for public_url, and without both it is not compared
  std::vector<http::Url> targets{};               // the first one's answer is the sender's
  std::int64_t forward_timeout_ms{30'000};
  Mock mock{};                                    // used when there are no targets
  InvalidPolicy invalid{InvalidPolicy::reject};
  HandshakeOptions handshakes{};
};

// What the receiver works with; all outlive it.
struct ReceiverParts {
  provider::Catalog& catalog;
  store::Journal& journal;
  http::AsyncClient& client;
  http::Scheduler& scheduler;
  const Clock& clock;
  Observer& observer;
  http::AsyncClient* key_client{nullptr};  // trusts the system's authorities only; needed where fetches_keys
};

// Loop thread only.
class Receiver final : public http::Handler {
 public:
  // `usage` when the keys do not fit the provider.
  static Result<std::unique_ptr<Receiver>> create(ReceiverOptions options, ReceiverParts parts);
  ~Receiver() override;

  void handle(std::shared_ptr<http::Exchange> exchange) override;
  void refused(const http::Refusal& refusal, std::string_view head, const std::string& remote) override;

  void set_listener(std::string address) { options_.listener = std::move(address); }

 private:
  struct Passage;
  using PassagePtr = std::shared_ptr<Passage>;

  Receiver(ReceiverOptions options, ReceiverParts parts);
  signing::VerifyInputs inputs_for(const provider::Provider& provider, const http::Request& request, UnixMs now) const;
  signing::Verification verify(const provider::Provider* provider, const http::Request& request, UnixMs now);
  bool fetches_key(const provider::Provider* provider) const;
  void verify_with_fetched(const PassagePtr& passage, const Result<std::string>& key);
  void judge(const PassagePtr& passage);
  void explain(const PassagePtr& passage);
  signing::Verifier* verifier_of(const provider::Provider& provider);
  const signing::Keys& keys_of(const provider::Provider* provider) const;
  void keep(const PassagePtr& passage);
  void kept(const PassagePtr& passage, const Result<std::int64_t>& id);
  void settle_challenge(const PassagePtr& passage);
  void pass_on(const PassagePtr& passage);
  void answer_by_mock(const PassagePtr& passage);
  void forward(const PassagePtr& passage, std::size_t target);
  void forwarded(const PassagePtr& passage, std::size_t target, UnixMs started_at, std::int64_t begun, http::SendResult result);
  void answer_ourselves(const PassagePtr& passage, http::Response response);
  void finish(const PassagePtr& passage, std::optional<int> status);

  ReceiverOptions options_;
  ReceiverParts parts_;
  bool verifies_{false};
  std::map<const provider::Provider*, std::optional<signing::Verifier>> verifiers_;
  Handshakes handshakes_;
  std::optional<PublishedKeys> published_;
  Explaining explaining_;
};

// The path and query to ask `to` for: its own path with the received query carried over, or the received target where it has none.
std::string forward_target(const http::Url& to, std::string_view received_target);

// The URL that a sender saw: `public_url` (whole when it has a path, else with the received target), or http://<Host><target>.
std::string seen_url(const std::string& public_url, const http::Request& request);

}  // namespace hookctl::gateway
