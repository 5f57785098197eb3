// hookctl verify: is this signature right, and if not, why?
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <variant>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/kept.hpp"
#include "commands/key_fetch.hpp"
#include "commands/options.hpp"
#include "commands/records.hpp"
#include "gateway/receiver.hpp"
#include "http/codec.hpp"
#include "provider/explain.hpp"
#include "signing/verify.hpp"
#include "ui/lines.hpp"
#include "ui/provider_page.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

std::vector<Option> verify_options() {
  std::vector<Option> own{
      header_option("a header of the request"),
      {"body", 'b', ValueKind::text, "FILE", "the request's body (- for standard input)"},
      {"method", 0, ValueKind::text, "METHOD", "HTTP method (POST)"},
      {"url", 'u', ValueKind::text, "URL", "the URL as the sender knows it, for providers that sign it"},
      {"request", 'r', ValueKind::text, "FILE", "a whole raw HTTP request instead", "Where the request comes from"},
      {"id", 0, ValueKind::text, "ID", "a kept request instead, or 'last'", "Where the request comes from"},
      {"records", 0, ValueKind::text, "FILE", "many: JSON Lines with provider, secret or public_key, now, method, url, headers, body_base64; one record comes out for each", "Where the request comes from"},
      {"tolerance", 0, ValueKind::duration, "TIME", "how old a timestamp may be (the provider's own)"},
      {"try-secret", 0, ValueKind::text, "S", "another secret to look among when the signature is wrong: VALUE, env:NAME, file:PATH or -", "Options", true},
      journal_option(),
      now_option(),
  };
  return joined({{own.begin(), own.end()}, records_options(), verifying_key_options(), provider_options(), output_options()});
}

// What is to be verified, and when it arrived where that is known.
struct Subject {
  http::Request request;
  std::optional<UnixMs> received_at{};
  std::string provider{};
};

// A raw HTTP request as text: LF line ends are taken for CRLF in the head, the body is what follows.
Result<Subject> read_raw_request(const std::string& path) {
  auto text = read_file(path);
  if (!text) return text.error();
  const std::string name = path == "-" ? "standard input" : printable(path);
  const std::size_t end = http::find_head_end(*text, 0);
  std::string head = text->substr(0, end);
  if (head.find("\r\n") == std::string::npos) {
    std::string with_cr;
    for (const char c : head) with_cr += c == '\n' ? std::string("\r\n") : std::string(1, c);
    head = std::move(with_cr);
  }
  http::Limits limits;
  limits.body = kFileLimit;
  auto parsed = http::parse_request_head(head, limits);
  if (const auto* refusal = std::get_if<http::Refusal>(&parsed); refusal != nullptr && refusal->code == "missing_host") {
    // Pasted from a log, most likely: the signature is what matters here.
    const std::size_t line = head.find('\n') + 1;
    parsed = http::parse_request_head(head.substr(0, line) + "Host: localhost\r\n" + head.substr(line), limits);
  }
  if (const auto* refusal = std::get_if<http::Refusal>(&parsed)) return usage_error(name + ": " + refusal->message, "a raw request is 'POST /path HTTP/1.1', header lines, an empty line and the body");
  Subject subject{std::move(std::get<http::Request>(parsed))};
  std::string body = end == std::string::npos ? "" : text->substr(end);
  if (subject.request.framing == http::Framing::chunked) {
    http::ChunkedDecoder decoder(limits);
    auto taken = decoder.feed(body, subject.request.body, subject.request.raw_body);
    if (const auto* refusal = std::get_if<http::Refusal>(&taken)) return usage_error(name + ": " + refusal->message);
    if (!decoder.done()) return usage_error(name + ": the chunked body is not complete");
    return subject;
  }
  if (subject.request.framing == http::Framing::content_length) {
    const std::uint64_t length = http::content_length(subject.request.headers);
    if (body.size() < length) return usage_error(name + ": the body has " + std::to_string(body.size()) + " bytes, Content-Length says " + std::to_string(length));
    body.resize(static_cast<std::size_t>(length));
  }
  subject.request.body = std::move(body);
  return subject;
}

Result<Subject> read_kept(const Arguments& arguments, const std::string& word) {
  auto journal = store::Journal::open(journal_path(arguments), store::OpenMode::read_only);
  if (!journal) return journal.error();
  auto id = read_id(**journal, word);
  if (!id) return id.error();
  auto kept = find_kept(**journal, *id);
  if (!kept) return kept.error();
  return Subject{request_of(*kept), kept->received.received_at, kept->received.provider};
}

Result<Subject> read_subject(const Arguments& arguments) {
  if (const auto file = arguments.text("request")) return read_raw_request(*file);
  if (const auto word = arguments.text("id")) return read_kept(arguments, *word);
  const auto file = arguments.text("body");
  if (!file) {
    return usage_error("verify needs a request: --body FILE with --header, --request FILE, --id ID or --records FILE", "as in --request captured.http; '-' reads standard input");
  }
  Subject subject;
  auto headers = read_headers(arguments);
  if (!headers) return headers.error();
  subject.request.headers = *std::move(headers);
  subject.request.method = arguments.text("method", "POST");
  auto body = read_file(*file);
  if (!body) return body.error();
  subject.request.body = *std::move(body);
  return subject;
}

// A provider, and how it was recognised where nobody named it.
struct Chosen {
  ProviderPtr provider;
  provider::Recognition recognised{};
};

Result<Chosen> choose_provider(Session& session, const Arguments& arguments, const Subject& subject, const signing::Keys& keys, const signing::VerifyInputs& inputs) {
  const std::string named = arguments.text("provider", subject.provider);
  if (!named.empty()) {
    auto provider = read_provider(session, arguments, named);
    if (!provider) return provider.error();
    return Chosen{*provider};
  }
  provider::Recognition recognised = session.catalog.identify(subject.request.headers);
  if (recognised.provider == nullptr) return usage_error("no known provider's signature is in the headers", "name the provider with --provider P; 'hookctl providers' lists all");
  // Several may send such headers; then the keys tell.
  provider::settle(recognised, [&](const provider::Provider& each) {
    if (!check_verifying_keys(each, keys)) return false;
    const auto verification = signing::verify(each.scheme, keys, subject.request, inputs);
    // A right signature of the wrong time is this provider's too, whatever a laxer one would say.
    return verification && (verification->verdict == signing::Verdict::valid || verification->code.starts_with("timestamp_"));
  });
  return Chosen{ProviderPtr(std::shared_ptr<void>(), recognised.provider), recognised};
}

// Secrets that are at hand and were not given for this request: --try-secret, and what the environment has for it.
Result<std::vector<signing::OtherSecret>> read_other_secrets(const Arguments& arguments, const signing::Keys& keys) {
  std::vector<signing::OtherSecret> others;
  for (const std::string& words : arguments.list("try-secret")) {
    auto secret = read_secret(words);
    if (!secret) return Error{secret.error().kind, "--try-secret: " + secret.error().message, secret.error().hint};
    const bool names_itself = words.starts_with("env:") || words.starts_with("file:");
    others.push_back({names_itself ? "the secret of " + words : "secret " + std::to_string(others.size() + 1) + " of --try-secret", *std::move(secret)});
  }
  const char* usual = std::getenv("HOOKCTL_SECRET");
  if (usual == nullptr || std::string_view(usual).empty() || std::string_view(usual) == "-") return others;
  if (auto secret = read_secret(usual); secret && (keys.secrets.empty() || keys.secrets.front().reveal() != secret->reveal())) others.push_back({"the secret of HOOKCTL_SECRET", *std::move(secret)});
  return others;
}

// What verify() says; keys that cannot be read are an invalid request too where another reading of them makes it right.
signing::Verification verdict_on_unreadable(const Error& error) {
  signing::Verification verification;
  verification.verdict = signing::Verdict::invalid;
  verification.code = "secret_form";
  verification.message = error.message;
  verification.remedy = error.hint;
  return verification;
}

Result<ExitCode> verify_one(Session& session, const Arguments& arguments) {
  auto subject = read_subject(arguments);
  if (!subject) return subject.error();
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  auto now = read_now(session, arguments);
  if (!now) return now.error();
  signing::VerifyInputs inputs;
  // A kept request is judged by the time at which it came.
  inputs.now = subject->received_at && !arguments.has("now") ? *subject->received_at : *now;
  inputs.tolerance_s = tolerance_s(arguments);
  inputs.explain = true;
  inputs.url = arguments.text("url", "");
  inputs.audience = arguments.text("audience", "");
  if (inputs.url.empty() && subject->request.headers.has("Host")) inputs.url = gateway::seen_url("", subject->request);
  auto chosen = choose_provider(session, arguments, *subject, *keys, inputs);
  if (!chosen) return chosen.error();
  const provider::Provider& provider = *chosen->provider;
  if (chosen->recognised.provider != nullptr && !arguments.has("json")) session.err << "hookctl: " << provider::sentence(chosen->recognised) << "\n";
  if (arguments.has("fetch-keys")) {
    if (auto fetched = add_published_key(provider.scheme, subject->request, *keys); !fetched) return fetched.error();
  }
  if (auto checked = check_verifying_keys(provider, *keys); !checked) return checked.error();
  auto verification = signing::verify(provider.scheme, *keys, subject->request, inputs);
  const signing::Verification judged = verification ? *verification : verdict_on_unreadable(verification.error());
  auto others = read_other_secrets(arguments, *keys);
  if (!others) return others.error();
  const auto diagnoses = provider::explain(session.catalog, {.provider = provider, .keys = *keys, .request = subject->request, .inputs = inputs, .found = judged, .other_secrets = *others});
  if (!verification && (diagnoses.front().confidence != signing::Confidence::certain || diagnoses.front().cause == judged.message)) return verification.error();
  if (arguments.has("json")) {
    auto record = ui::verification_record(provider.id, judged, diagnoses);
    record["recognised"] = ui::recognition_record(chosen->recognised);
    session.out << to_text(record) << "\n";
  } else {
    session.out << ui::verification_text(session.paint, &provider, judged, diagnoses);
  }
  return judged.verdict == signing::Verdict::valid ? ExitCode::yes : ExitCode::no;
}

Result<ExitCode> run_verify(Session& session, const Arguments& arguments) {
  int sources = 0;
  for (const char* source : {"records", "request", "id", "body"}) sources += arguments.has(source) ? 1 : 0;
  if (sources > 1) return usage_error("give one of --body, --request, --id and --records");
  if (const auto file = arguments.text("records")) return verify_records(session, arguments, *file);
  return verify_one(session, arguments);
}

}  // namespace

Command verify_command() {
  return {"verify",
          "check a request's signature and explain what is wrong",
          "Checks the signature of a request: from --body and --header, a raw HTTP file, the journal, or many from a JSON Lines file. Says valid, or searches for what happened: the secret read "
          "in another way, the body written again or cut, another URL, another provider, and more. A cause is certain when undoing it makes the signature match. Shows the signed content it "
          "built. Exit code 0 means valid.",
          {},
          verify_options(),
          {"hookctl verify --provider github --secret s --header 'X-Hub-Signature-256: sha256=…' --body event.json", "hookctl verify --id last --secret env:STRIPE_SECRET"},
          run_verify};
}

}  // namespace hookctl
