#include "gateway/receiver.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/codec.hpp"
#include "signing/key_source.hpp"
#include "store/ids.hpp"

namespace hookctl::gateway {

namespace {

signing::Verification unverified(std::string code, std::string message) {
  signing::Verification verification;
  verification.verdict = signing::Verdict::unverified;
  verification.code = std::move(code);
  verification.message = std::move(message);
  return verification;
}

http::Response no_answer(const http::SendFailure& failure, const std::string& request_id) {
  const bool late = failure.fault == http::SendFault::timeout;
  return http::json_answer(late ? 504 : 502, "endpoint_" + std::string(fault_name(failure.fault)), failure.message, request_id);
}

store::Attempt attempt_record(std::int64_t request, UnixMs started_at, std::int64_t duration_ms, const std::string& url, const http::SendResult& result) {
  store::Attempt attempt{request, started_at, duration_ms, url, {}, {}, {}, {}, false};
  if (const auto* response = std::get_if<http::Response>(&result)) {
    attempt.status = response->status;
    attempt.response_head = response->raw_head;
    attempt.response_body = response->body;
  } else {
    const auto& failure = std::get<http::SendFailure>(result);
    attempt.error = std::string(fault_name(failure.fault)) + ": " + failure.message;
  }
  return attempt;
}

}  // namespace

// One request on its way through.
struct Receiver::Passage {
  std::shared_ptr<http::Exchange> exchange;
  UnixMs received_at{0};
  std::int64_t begun{0};  // steady
  const provider::Provider* sender{nullptr};
  const provider::Challenge* challenge{nullptr};
  std::string provider{};
  provider::EventName event{};
  signing::Verification verification{};
  std::optional<signing::Diagnosis> diagnosis{};
  std::optional<signing::Keys> keys{};  // with the key that was fetched for it
  std::string plain_reason{};  // what verify() said, for strangers
  std::int64_t id{0};
  std::size_t waiting{0};  // targets that have not answered
  std::optional<int> status{};

  Arrival arrival() const {
    return {id, received_at, exchange->request(), exchange->remote(), provider, event.type, event.id, verification, diagnosis ? &*diagnosis : nullptr};
  }
};

std::string forward_target(const http::Url& to, std::string_view received_target) {
  const std::size_t authority = received_target.find("://");
  bool no_path = false;
  if (authority != std::string_view::npos && authority < received_target.find_first_of("/?")) {
    received_target.remove_prefix(std::min(received_target.find_first_of("/?", authority + 3), received_target.size()));
    no_path = !received_target.starts_with('/');
  }
  if (to.target.empty()) return (no_path ? "/" : "") + std::string(received_target);
  const std::size_t query = received_target.find('?');
  if (query == std::string_view::npos) return to.origin_form();
  const std::string own = to.origin_form();
  return own + (own.find('?') == std::string::npos ? "?" : "&") + std::string(received_target.substr(query + 1));
}

std::string seen_url(const std::string& public_url, const http::Request& request) {
  const bool absolute = request.target.find("://") < request.target.find_first_of("/?");
  if (public_url.empty() && absolute) return request.target;
  if (public_url.empty()) return "http://" + std::string(request.headers.find("Host").value_or("localhost")) + request.target;
  const std::size_t path = public_url.find('/', public_url.find("://") + 3);
  if (path == std::string::npos) return public_url + request.target;
  if (path + 1 == public_url.size()) return public_url.substr(0, path) + request.target;
  const std::size_t query = request.target.find('?');
  if (query == std::string::npos || public_url.find('?') != std::string::npos) return public_url;
  return public_url + request.target.substr(query);
}

Receiver::Receiver(ReceiverOptions options, ReceiverParts parts)
    : options_(std::move(options)), parts_(parts), verifies_(options_.keys.any()), handshakes_(options_.handshakes, parts.catalog, parts.client, parts.clock, parts.observer) {
  if (options_.fetches_keys && parts.key_client != nullptr) published_.emplace(*parts.key_client);
}
Receiver::~Receiver() = default;

Result<std::unique_ptr<Receiver>> Receiver::create(ReceiverOptions options, ReceiverParts parts) {
  std::unique_ptr<Receiver> receiver(new Receiver(std::move(options), parts));
  if (receiver->verifies_ && receiver->options_.provider != nullptr && !receiver->fetches_key(receiver->options_.provider)) {
    auto verifier = signing::Verifier::create(receiver->options_.provider->scheme, receiver->options_.keys);
    if (!verifier) return verifier.error();
    receiver->verifiers_[receiver->options_.provider].emplace(*std::move(verifier));
  }
  return receiver;
}

const signing::Keys& Receiver::keys_of(const provider::Provider* provider) const {
  const signing::Keys* received = verifies_ || provider == nullptr ? nullptr : handshakes_.received_keys(*provider);
  return received != nullptr ? *received : options_.keys;
}

signing::Verifier* Receiver::verifier_of(const provider::Provider& provider) {
  auto [place, is_new] = verifiers_.try_emplace(&provider);
  if (is_new) {
    if (auto verifier = signing::Verifier::create(provider.scheme, keys_of(&provider))) place->second.emplace(*std::move(verifier));
  }
  return place->second ? &*place->second : nullptr;
}

signing::Verification Receiver::verify(const provider::Provider* provider, const http::Request& request, UnixMs now) {
  if (!keys_of(provider).any()) return unverified("no_secret", "no secret was given, so nothing was verified");
  if (provider == nullptr) {
    auto verification = unverified("missing_header", "no known provider's signature is in the headers");
    verification.verdict = signing::Verdict::invalid;
    return verification;
  }
  signing::Verifier* verifier = verifier_of(*provider);
  if (verifier == nullptr) {
    auto verification = unverified("secret_form", "the secret given is none of " + provider->title + "'s form");
    verification.verdict = signing::Verdict::invalid;
    return verification;
  }
  return verifier->verify(request, inputs_for(*provider, request, now));
}

signing::VerifyInputs Receiver::inputs_for(const provider::Provider& provider, const http::Request& request, UnixMs now) const {
  signing::VerifyInputs inputs;
  inputs.now = now;
  inputs.tolerance_s = options_.tolerance_s;
  inputs.audience = options_.audience.empty() ? options_.public_url : options_.audience;
  if (signing::signs_url(provider.scheme)) inputs.url = seen_url(options_.public_url, request);
  return inputs;
}

// From here on the code is the diagnosis', in the journal too.
void Receiver::explain(const PassagePtr& passage) {
  passage->plain_reason = passage->verification.code + ": " + passage->verification.message;
  if (passage->verification.verdict != signing::Verdict::invalid || passage->sender == nullptr) return;
  const http::Request& request = passage->exchange->request();
  const signing::Keys& keys = passage->keys ? *passage->keys : keys_of(passage->sender);
  passage->diagnosis = explaining_.explain(parts_.catalog, *passage->sender, keys, request, inputs_for(*passage->sender, request, passage->received_at), passage->verification);
  if (passage->diagnosis) passage->verification.code = passage->diagnosis->code;
}

void Receiver::handle(std::shared_ptr<http::Exchange> exchange) {
  auto passage = std::make_shared<Passage>();
  passage->exchange = std::move(exchange);
  passage->received_at = parts_.clock.now();
  passage->begun = steady_ms();
  const http::Request& request = passage->exchange->request();
  const provider::Provider* provider = options_.provider != nullptr ? options_.provider : parts_.catalog.recognise(request.headers);
  if (provider == nullptr) provider = handshakes_.recognise(request);
  passage->sender = provider;
  if (provider != nullptr) {
    passage->provider = provider->id;
    passage->event = provider::name_event(*provider, request);
  }
  if (fetches_key(provider)) {
    published_->get(provider->scheme, request, [this, passage](const Result<std::string>& key) { verify_with_fetched(passage, key); });
  } else {
    passage->verification = verify(provider, request, passage->received_at);
    judge(passage);
  }
}

bool Receiver::fetches_key(const provider::Provider* provider) const {
  return published_ && provider != nullptr && !options_.keys.public_key && !options_.keys.private_key && signing::names_key_url(provider->scheme);
}

void Receiver::verify_with_fetched(const PassagePtr& passage, const Result<std::string>& key) {
  const auto refuse = [&](const std::string& message) {
    passage->verification = unverified("key_not_fetched", message);
    passage->verification.verdict = signing::Verdict::invalid;
  };
  passage->keys = options_.keys;
  if (!key) {
    refuse(key.error().message);
  } else {
    const http::Request& request = passage->exchange->request();
    passage->keys->public_key = *key;
    auto verification = signing::verify(passage->sender->scheme, *passage->keys, request, inputs_for(*passage->sender, request, passage->received_at));
    if (verification) passage->verification = *std::move(verification);
    else refuse("what was fetched is no key: " + verification.error().message);
  }
  judge(passage);
}

void Receiver::judge(const PassagePtr& passage) {
  passage->challenge = handshakes_.begin(passage->sender, passage->exchange->request(), passage->verification, options_.public_url);
  explain(passage);
  // Templates for events name a challenge wrongly, or not at all, where it is no event too.
  if (passage->challenge != nullptr && passage->challenge->send.event.empty()) passage->event.type = passage->challenge->name;
  keep(passage);
}

void Receiver::keep(const PassagePtr& passage) {
  const http::Request& request = passage->exchange->request();
  store::Received record;
  record.received_at = passage->received_at;
  record.remote = passage->exchange->remote();
  record.raw_head = request.raw_head;
  record.body = request.body;
  record.raw_body = request.raw_body;
  record.method = request.method;
  record.target = request.target;
  record.provider = passage->provider;
  record.event_type = passage->event.type;
  record.event_id = passage->event.id;
  record.verdict = std::string(to_text(passage->verification.verdict));
  record.code = passage->verification.code;
  record.listener = options_.listener;
  const auto queued = parts_.journal.append(std::move(record), [this, passage](const Result<std::int64_t>& id) { kept(passage, id); });
  if (!queued) kept(passage, queued.error());
}

void Receiver::kept(const PassagePtr& passage, const Result<std::int64_t>& id) {
  if (!id) {
    parts_.observer.not_kept(id.error().message);
    passage->exchange->answer(http::json_answer(503, "not_kept", "the request could not be kept and was not processed: " + id.error().message));
    return;
  }
  passage->id = *id;
  parts_.observer.arrived(passage->arrival());
  if (passage->verification.verdict == signing::Verdict::invalid && options_.invalid == InvalidPolicy::reject) {
    const bool local = passage->diagnosis && is_local(passage->exchange->remote(), passage->exchange->request());
    auto refusal = demanded_refusal(passage->sender, passage->exchange->request());
    answer_ourselves(passage, refusal ? *std::move(refusal) : invalid_answer(passage->plain_reason, local ? &*passage->diagnosis : nullptr, store::request_id_text(passage->id)));
  } else if (passage->challenge != nullptr) {
    settle_challenge(passage);
  } else {
    pass_on(passage);
  }
}

void Receiver::settle_challenge(const PassagePtr& passage) {
  const provider::Provider& sender = *passage->sender;
  handshakes_.settle(passage->arrival(), sender, *passage->challenge, keys_of(&sender), [this, passage](http::Response response) { answer_ourselves(passage, std::move(response)); });
  if (!verifies_ && !passage->challenge->secret.empty()) verifiers_.erase(&sender);  // another secret has come
  if (!handshakes_.answers()) pass_on(passage);
}

void Receiver::pass_on(const PassagePtr& passage) {
  if (options_.targets.empty()) return answer_by_mock(passage);
  passage->waiting = options_.targets.size();
  for (std::size_t i = 0; i < options_.targets.size(); ++i) forward(passage, i);
}

void Receiver::answer_by_mock(const PassagePtr& passage) {
  const auto answer = [this, passage] {
    const bool mocked = options_.mock.status != 200 || !options_.mock.body.empty();
    auto demanded = mocked ? std::nullopt : demanded_answer(passage->sender, passage->exchange->request());
    if (demanded) return answer_ourselves(passage, *std::move(demanded));
    http::Response response;
    response.status = options_.mock.status;
    response.body = options_.mock.body;
    if (!response.body.empty()) response.headers.add("Content-Type", response.body.front() == '{' || response.body.front() == '[' ? "application/json" : "text/plain; charset=utf-8");
    answer_ourselves(passage, std::move(response));
  };
  if (options_.mock.delay_ms > 0) parts_.scheduler.after(options_.mock.delay_ms, answer);
  else answer();
}

void Receiver::answer_ourselves(const PassagePtr& passage, http::Response response) {
  const http::SendResult result = std::move(response);
  const auto& given = std::get<http::Response>(result);
  static_cast<void>(parts_.journal.record(attempt_record(passage->id, passage->received_at, steady_ms() - passage->begun, "", result)));
  const Answer answer{passage->id, parts_.clock.now(), steady_ms() - passage->begun, passage->exchange->request(), "", passage->exchange->request().target, result, true};
  parts_.observer.answered(answer);
  const int status = given.status;
  passage->exchange->answer(given);
  finish(passage, status);
}

void Receiver::forward(const PassagePtr& passage, std::size_t target) {
  const http::Request& request = passage->exchange->request();
  const http::Url& url = options_.targets[target];
  http::Outgoing message;
  message.url = url;
  message.method = request.method;
  message.head = http::forward_head(request, forward_target(url, request.target), url.authority());
  message.body = std::string(http::wire_body(request));
  const UnixMs started_at = parts_.clock.now();
  const std::int64_t begun = steady_ms();
  parts_.client.send(std::move(message), options_.forward_timeout_ms, [this, passage, target, started_at, begun](http::SendResult result) {
    forwarded(passage, target, started_at, begun, std::move(result));
  });
}

void Receiver::forwarded(const PassagePtr& passage, std::size_t target, UnixMs started_at, std::int64_t begun, http::SendResult result) {
  const std::int64_t took = steady_ms() - begun;
  const http::Url& url = options_.targets[target];
  // The attempt is written behind the answer; losing it in a crash loses no event.
  static_cast<void>(parts_.journal.record(attempt_record(passage->id, started_at, took, url.text(), result)));
  const Answer answer{passage->id, parts_.clock.now(), took, passage->exchange->request(), url.text(),
                      forward_target(url, passage->exchange->request().target), result, target == 0};
  parts_.observer.answered(answer);
  if (target == 0) {
    if (auto* response = std::get_if<http::Response>(&result)) {
      passage->status = response->status;
      passage->exchange->answer(std::move(*response));
    } else {
      http::Response reply = no_answer(std::get<http::SendFailure>(result), store::request_id_text(passage->id));
      passage->status = reply.status;
      passage->exchange->answer(std::move(reply));
    }
  }
  if (--passage->waiting == 0) finish(passage, passage->status);
}

void Receiver::finish(const PassagePtr& passage, std::optional<int> status) { parts_.observer.finished(passage->arrival(), status); }

void Receiver::refused(const http::Refusal& refusal, std::string_view, const std::string& remote) { parts_.observer.refused(refusal, remote); }

}  // namespace hookctl::gateway
