#include "gateway/handshake.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "base/text.hpp"
#include "http/codec.hpp"
#include "store/ids.hpp"

namespace hookctl::gateway {

namespace {

constexpr std::size_t kSecretsKept = 16;  // a provider; whoever can reach us can send more
constexpr std::size_t kSecretLimit = 4096;
constexpr std::int64_t kVisitTimeoutMs = 10'000;

// "asana", "asana-2", … : the file that holds this secret already, or the first that is free.
Result<std::string> keep_secret(const std::string& folder, const std::string& name, const std::string& secret) {
  if (auto made = make_private_folder(folder); !made) return made.error();
  for (std::size_t number = 1; number <= kSecretsKept; ++number) {
    const std::string file = folder + "/" + name + (number == 1 ? "" : "-" + std::to_string(number));
    if (!file_exists(file)) {
      if (auto written = write_private_file(file, secret); !written) return written.error();
      return file;
    }
    const auto kept = read_file(file, 64 * 1024);
    if (kept && *kept == secret) return file;
  }
  return usage_error("there are " + std::to_string(kSecretsKept) + " secrets of " + name + " in " + folder + " already", "remove those that are not used any more");
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

const provider::Challenge* Handshakes::begin(const provider::Provider* provider, const http::Request& request, signing::Verification& verification) const {
  const provider::Challenge* challenge = provider != nullptr ? provider::match_challenge(*provider, request) : nullptr;
  if (challenge == nullptr || verification.verdict == signing::Verdict::valid) return challenge;
  if (challenge->is_signed) return verification.verdict == signing::Verdict::invalid ? nullptr : challenge;
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

void Handshakes::take_secret(const provider::Provider& provider, const std::string& text, bool use, Handshake& note) {
  if (text.size() > kSecretLimit) {
    note.message = "the secret is longer than any real one and was not kept";
    return;
  }
  const Secret secret(text);
  note.secret = secret.redacted();
  if (use) {
    std::vector<Secret>& known = received_[&provider].secrets;
    const bool is_new = std::none_of(known.begin(), known.end(), [&](const Secret& each) { return each.reveal() == text; });
    if (is_new && known.size() < kSecretsKept) known.push_back(secret);
    note.secret_in_use = true;
  }
  if (options_.secrets_folder.empty()) return;
  auto file = keep_secret(options_.secrets_folder, provider.id, text);
  if (file) note.secret_file = *std::move(file);
  else note.message = "the secret was not kept: " + file.error().message;
}

bool Handshakes::may_visit(const Arrival& arrival, const provider::Provider& provider, const provider::Challenge& challenge, Handshake& note) const {
  const std::string text = provider::place_value(arrival.request, challenge.visit).value_or("");
  const auto url = http::parse_url(text);
  const bool is_own = url && text.starts_with("https://") && url->default_port() &&
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
  if (!secret.empty()) take_secret(provider, secret, !keys.any() || &keys == received_keys(provider), note);
  if (!challenge.visit.empty() && may_visit(arrival, provider, challenge, note)) {
    return visit(std::move(note), [give = std::move(give), response = std::move(response)]() mutable { give(std::move(response)); });
  }
  observer_.shook_hands(note);
  give(std::move(response));
}

}  // namespace hookctl::gateway
