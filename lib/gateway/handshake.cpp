#include "gateway/handshake.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "crypto/equal.hpp"
#include "gateway/receiver.hpp"
#include "http/codec.hpp"
#include "signing/verify.hpp"
#include "store/ids.hpp"

namespace hookctl::gateway {

namespace {

constexpr std::size_t kSecretLimit = 4096;
constexpr std::int64_t kVisitTimeoutMs = 10'000;

Result<void> keep_secret(const std::string& folder, const std::string& file, const std::string& secret) {
  if (auto made = make_private_folder(folder); !made) return made.error();
  return write_private_file(file, secret);
}

// Who has a signature is judged by it, signed or not.
bool carries_signature(const signing::Scheme& scheme, const http::Request& request) {
  const auto ways = signing::ways(scheme);
  return std::any_of(ways.begin(), ways.end(), [&](const signing::Scheme& way) {
    const signing::Source& from = way.signature.from;
    if (from.name.empty() || from.place == signing::Place::kv) return false;
    return from.place == signing::Place::header ? request.headers.has(from.name) : json_raw_at(request.body, from.name).has_value();
  });
}

// Is the challenge signed with the word that everybody knows (Mandrill's)?
bool has_public_signature(const provider::Provider& provider, const provider::Challenge& challenge, const http::Request& request, const std::string& public_url) {
  if (challenge.send.secret.empty()) return false;
  signing::Keys keys;
  keys.secrets.emplace_back(challenge.send.secret);
  signing::VerifyInputs inputs;
  inputs.url = seen_url(public_url, request);
  const auto verification = signing::verify(provider.scheme, keys, request, inputs);
  return verification && verification->verdict == signing::Verdict::valid;
}

// Does our answer hold the secret? Otherwise people have to paste it somewhere.
bool gives_back(const provider::Challenge& challenge) {
  const provider::AnswerForm& form = challenge.respond.front();
  const std::string place = "{" + challenge.secret + "}";
  return form.body.find(place) != std::string::npos || std::any_of(form.headers.begin(), form.headers.end(), [&](const http::Header& field) { return field.value.find(place) != std::string::npos; });
}

bool is_among(const std::vector<Secret>& secrets, std::string_view text) {
  return std::any_of(secrets.begin(), secrets.end(), [&](const Secret& each) { return crypto::equal(each.reveal(), text); });
}

// Is the authority of this https URL the bare host, without user name and port?
bool names_host_only(std::string_view text, std::string_view host) {
  constexpr std::string_view kStart = "https://";
  if (!text.starts_with(kStart)) return false;
  text.remove_prefix(kStart.size());
  return same_ignoring_case(text.substr(0, text.find_first_of("/?#")), host);
}

}  // namespace

bool is_host_of(std::string_view host, std::string_view form) {
  const auto labels = split(host, ".");
  const auto wanted = split(form, ".");
  return std::equal(labels.begin(), labels.end(), wanted.begin(), wanted.end(), [](std::string_view label, std::string_view want) {
    if (want != "*") return same_ignoring_case(label, want);
    return label.size() >= 3 && std::all_of(label.begin(), label.end(), [](char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  });
}

std::optional<http::Response> demanded_answer(const provider::Provider* provider, const http::Request& request) {
  const provider::Challenge* challenge = provider != nullptr ? provider::every_delivery(*provider) : nullptr;
  if (challenge == nullptr) return std::nullopt;
  auto answer = provider::make_answer(challenge->respond.front(), request, {});
  return answer ? std::optional(*std::move(answer)) : std::nullopt;
}

std::optional<http::Response> demanded_refusal(const provider::Provider* provider, const http::Request& request) {
  if (provider == nullptr) return std::nullopt;
  for (const provider::Challenge& challenge : provider->challenges) {
    if (!challenge.refuse || challenge.refuse->body_is == provider::AnswerForm::Body::any) continue;
    if (auto answer = provider::make_answer(*challenge.refuse, request, {})) return *std::move(answer);
  }
  return std::nullopt;
}

Handshakes::Handshakes(HandshakeOptions options, provider::Catalog& catalog, http::AsyncClient& client, const Clock& clock, Observer& observer)
    : options_(std::move(options)), catalog_(catalog), client_(client), clock_(clock), observer_(observer) {}

const provider::Provider* Handshakes::recognise(const http::Request& request) {
  const auto tells_itself = [](const provider::Challenge& each) { return each.recognise; };
  if (!has_candidates_) {
    has_candidates_ = true;
    if (auto all = catalog_.all()) {
      std::copy_if(all->begin(), all->end(), std::back_inserter(candidates_), [&](const provider::Provider* each) { return std::ranges::any_of(each->challenges, tells_itself); });
    }
  }
  for (const provider::Provider* each : candidates_) {
    const provider::Challenge* challenge = provider::match_challenge(*each, request);
    if (challenge != nullptr && challenge->recognise) return each;
  }
  return nullptr;
}

const provider::Challenge* Handshakes::begin(const provider::Provider* provider, const http::Request& request, signing::Verification& verification,
                                             const std::string& public_url) const {
  const provider::Challenge* challenge = provider != nullptr ? provider::match_challenge(*provider, request) : nullptr;
  if (challenge == nullptr || verification.verdict == signing::Verdict::valid) return challenge;
  if (challenge->is_signed) return verification.verdict == signing::Verdict::invalid ? nullptr : challenge;
  const bool is_wrong = verification.verdict == signing::Verdict::invalid && carries_signature(provider->scheme, request);
  if (is_wrong && !has_public_signature(*provider, *challenge, request, public_url)) return nullptr;
  verification = {};
  verification.verdict = signing::Verdict::unverified;
  verification.code = "unsigned_challenge";
  verification.message = provider->title + " does not sign this request";
  return challenge;
}

const signing::Keys* Handshakes::received_keys(const provider::Provider& provider) const {
  const auto found = received_.find(&provider);
  return found == received_.end() ? nullptr : &found->second;
}

void Handshakes::see_to_secret(const provider::Provider& provider, const provider::Challenge& challenge, const std::string& text, const signing::Keys& keys, Handshake& note) {
  const auto say = [&](const std::string& words) { note.message += (note.message.empty() ? "" : "; ") + words; };
  if (text.size() > kSecretLimit) return say("the secret is longer than any real one and was not kept");
  if (!keys.any() || &keys == received_keys(provider)) return take_secret(provider, text, note);
  if (is_among(keys.secrets, text)) return;
  const std::string file = options_.secrets_folder.empty() ? "" : options_.secrets_folder + "/" + provider.id;
  if (gives_back(challenge) || file.empty()) {
    return say("a secret came, unsigned; neither kept nor used beside --secret; 'hookctl requests show " + store::request_id_text(note.id) + "' has the request");
  }
  if (!file_exists(file)) {
    if (auto kept = keep_secret(options_.secrets_folder, file, text); !kept) return say("the secret was not kept: " + kept.error().message);
  } else if (const auto kept = read_file(file, kSecretLimit); !kept || !crypto::equal(*kept, text)) {
    return say("another secret came, unsigned; not used: remove " + file + " and repeat the handshake to take it");
  }
  note.secret = Secret(text).redacted();
  note.secret_file = file;
}

// Whoever reaches us can send one, so the first stays.
void Handshakes::take_secret(const provider::Provider& provider, const std::string& text, Handshake& note) {
  const std::string file = options_.secrets_folder.empty() ? "" : options_.secrets_folder + "/" + provider.id;
  const auto say = [&](const std::string& words) { note.message += (note.message.empty() ? "" : "; ") + words; };
  std::vector<Secret>& known = received_[&provider].secrets;
  const bool was_kept = !file.empty() && file_exists(file);
  if (known.empty()) {
    auto kept = was_kept ? read_file(file, kSecretLimit) : Result<std::string>(text);
    if (!kept) say("the secret kept before cannot be read: " + kept.error().message);
    known.emplace_back(kept && !kept->empty() ? *std::move(kept) : text);
  }
  if (!is_among(known, text)) {
    return say("another secret came, unsigned; not used: restart with --secret file:PATH" + (file.empty() ? "" : ", or remove " + file + " and restart,") + " to take it");
  }
  note.secret = known.front().redacted();
  note.secret_in_use = true;
  if (file.empty()) return;
  if (!was_kept) {
    if (auto kept = keep_secret(options_.secrets_folder, file, text); !kept) return say("the secret was not kept: " + kept.error().message);
  }
  note.secret_file = file;
}

bool Handshakes::may_visit(const Arrival& arrival, const provider::Provider& provider, const provider::Challenge& challenge, Handshake& note) const {
  const std::string text = provider::place_value(arrival.request, challenge.visit).value_or("");
  const auto url = http::parse_url(text);
  const bool is_own = url && names_host_only(text, url->host) &&
                      std::any_of(challenge.visit_hosts.begin(), challenge.visit_hosts.end(), [&](const std::string& form) { return is_host_of(url->host, form); });
  if (!is_own) {
    note.message = "the URL that is to be fetched does not lead to " + provider.title + " and must not be opened: " + text;
    return false;
  }
  note.visit = text;
  return options_.visit && arrival.verification.verdict == signing::Verdict::valid;
}

void Handshakes::visit(Handshake note, std::function<void()> then) {
  http::Request request;
  request.method = "GET";
  http::Outgoing message;
  message.url = *http::parse_url(note.visit);
  message.method = request.method;
  message.head = http::forward_head(request, message.url.origin_form(), message.url.authority());
  client_.send(std::move(message), kVisitTimeoutMs, [this, note = std::move(note), then = std::move(then)](http::SendResult result) mutable {
    const auto* response = std::get_if<http::Response>(&result);
    note.visited = response != nullptr && http::is_success(response->status);
    if (response == nullptr) note.message = "not confirmed: " + std::get<http::SendFailure>(result).message;
    else if (!note.visited) note.message = "not confirmed: the URL answered " + std::to_string(response->status);
    observer_.shook_hands(note);
    then();
  });
}

void Handshakes::settle(const Arrival& arrival, const provider::Provider& provider, const provider::Challenge& challenge, const signing::Keys& keys,
                        std::function<void(http::Response)> give) {
  const std::string secret = provider::place_value(arrival.request, challenge.secret).value_or("");
  Handshake note{arrival.id, clock_.now(), provider.title, challenge.name};
  provider::AnswerInputs inputs;
  inputs.verify_token = options_.verify_token;
  if (const std::size_t index = arrival.verification.secret_index.value_or(0); index < keys.secrets.size()) inputs.secret = &keys.secrets[index];

  http::Response response;
  if (!options_.answer) {
    note.outcome = Handshake::Outcome::passed_on;
    give = [](const http::Response&) {};
  } else if (auto made = provider::answer(challenge, arrival.request, inputs)) {
    response = *std::move(made);
    if (provider::wrong_verify_token(challenge, arrival.request, inputs)) {
      note.outcome = Handshake::Outcome::refused;
      note.message = "its verify token is not that of --verify-token";
    } else if (!challenge.verify_token.empty() && !options_.verify_token) {
      note.message = "its verify token was not checked: no --verify-token";
    }
  } else {
    note.outcome = Handshake::Outcome::unanswered;
    note.message = made.error().message;
    response = http::json_answer(inputs.secret == nullptr ? 500 : 400, "challenge_not_answered", made.error().message, store::request_id_text(arrival.id));
  }
  if (!secret.empty()) see_to_secret(provider, challenge, secret, keys, note);
  if (!challenge.visit.empty() && may_visit(arrival, provider, challenge, note)) {
    return visit(std::move(note), [give = std::move(give), response = std::move(response)]() mutable { give(std::move(response)); });
  }
  observer_.shook_hands(note);
  give(std::move(response));
}

}  // namespace hookctl::gateway
