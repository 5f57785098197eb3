// hookctl listen: receive, verify, keep, forward, show.
#include <nlohmann/json.hpp>

#include <optional>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/key_fetch.hpp"
#include "commands/options.hpp"
#include "commands/screen.hpp"
#include "gateway/receiver.hpp"
#include "net/loop.hpp"
#include "store/journal.hpp"
#include "signing/key_source.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

constexpr const char* kChallenges = "Challenges (what a provider asks of an endpoint when a webhook is set up)";
constexpr std::int64_t kDrainGraceMs = 2'000;  // beyond the time an endpoint has to answer

std::vector<Option> listen_options() {
  std::vector<Option> own{
      {"port", 0, ValueKind::number, "N", "port to listen on; 0 picks a free one (4400)"},
      {"host", 0, ValueKind::text, "ADDRESS", "address to listen on (127.0.0.1: this machine only)"},
      {"forward-to", 'f', ValueKind::text, "URL", "pass every request on to this endpoint and give its answer back; the first one's answer counts", "Options", true},
      {"invalid", 0, ValueKind::choice, "WHAT", "what to do with a wrong signature: answer 401, or forward it all the same", "Options", false, {"reject", "forward"}},
      {"tolerance", 0, ValueKind::duration, "TIME", "how old a timestamp may be (the provider's own)"},
      {"public-url", 0, ValueKind::text, "URL", "how senders reach us, for providers that sign the URL"},
      timeout_option("stop after this time; exit 1 when --exit-after or --until did not come true before"),
      {"forward-timeout", 0, ValueKind::duration, "TIME", "how long an endpoint may take to answer (30s)"},
      {"max-body", 0, ValueKind::size, "SIZE", "largest body taken (64mb)", "Limits"},
      {"request-timeout", 0, ValueKind::duration, "TIME", "how long a request may take to arrive, head and body together (30s)", "Limits"},
      {"mock-status", 0, ValueKind::number, "N", "without an endpoint: the status to answer with (200)", "Answering without an endpoint"},
      {"mock-body", 0, ValueKind::text, "TEXT", "without an endpoint: the body to answer with", "Answering without an endpoint"},
      {"mock-delay", 0, ValueKind::duration, "TIME", "without an endpoint: wait before the answer", "Answering without an endpoint"},
      verify_token_option(kChallenges),
      {"answer-challenges", 0, ValueKind::flag, "", "answer them here, even with --forward-to", kChallenges},
      {"confirm-subscriptions", 0, ValueKind::flag, "", "fetch the URL that confirms a subscription (AWS SNS), once the signature holds", kChallenges},
      journal_option(),
      {"exit-after", 0, ValueKind::number, "N", "stop after N requests were answered", "For scripts and agents"},
      {"until", 0, ValueKind::text, "FILTER", "stop after a request that matches, as in 'event=invoice.* status=2*'", "For scripts and agents"},
      {"ready-file", 0, ValueKind::text, "FILE", "write the address here once requests are taken", "For scripts and agents"},
      {"quiet", 'q', ValueKind::flag, "", "no line for each request", "Output and settings"},
  };
  return joined({{own.begin(), own.end()}, verifying_key_options(), provider_options(), tls_options(), output_options()});
}

bool verifies(const gateway::ReceiverOptions& options) { return options.keys.any() || options.fetches_keys; }

// Keys come from hosts that the system trusts, whatever --cacert and --insecure say of endpoints. Null without --fetch-keys.
Result<std::unique_ptr<http::AsyncClient>> make_key_client(net::Loop& loop, const Arguments& arguments) {
  if (!arguments.has("fetch-keys")) return std::unique_ptr<http::AsyncClient>();
  net::ClientOptions options;
  options.limits.body = 256 * 1024;
  return loop.make_client(options);
}

Result<gateway::ReceiverOptions> read_receiver_options(const Arguments& arguments, const ProviderPtr& provider) {
  gateway::ReceiverOptions options;
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  if (arguments.has("fetch-keys")) {
    if (provider == nullptr) return usage_error("--fetch-keys needs --provider P: whose keys?");
    if (!signing::names_key_url(provider->scheme)) {  // a key that each request names is fetched when one comes
      auto fetched = add_published_key(provider->scheme, {}, *keys);
      if (!fetched) return Error{fetched.error().kind, "--fetch-keys: " + fetched.error().message, "give the key: --certificate FILE or --public-key KEY"};
    }
  }
  options.keys = *std::move(keys);
  options.fetches_keys = arguments.has("fetch-keys");
  options.provider = provider.get();
  options.tolerance_s = tolerance_s(arguments);
  options.audience = arguments.text("audience", "");
  options.forward_timeout_ms = arguments.duration_ms("forward-timeout", 30'000);
  if (arguments.text("invalid", "reject") == "forward") options.invalid = gateway::InvalidPolicy::forward;
  if (const auto text = arguments.text("public-url")) {
    auto url = read_url("public-url", *text);
    if (!url) return url.error();
    options.public_url = url->text();
  }
  for (const std::string& text : arguments.list("forward-to")) {
    auto url = read_url("forward-to", text);
    if (!url) return url.error();
    options.targets.push_back(*std::move(url));
  }
  for (const char* mock : {"mock-status", "mock-body", "mock-delay"}) {
    if (arguments.has(mock) && !options.targets.empty()) return usage_error(std::string("--") + mock + " answers without an endpoint, but --forward-to names one", "use one or the other");
  }
  auto token = read_verify_token(arguments);
  if (!token) return token.error();
  options.handshakes.verify_token = *std::move(token);
  options.handshakes.answer = options.targets.empty() || arguments.has("answer-challenges");
  options.handshakes.visit = arguments.has("confirm-subscriptions");
  const std::string journal = journal_path(arguments);
  options.handshakes.secrets_folder = journal.substr(0, journal.rfind('/') + 1) + "secrets";
  options.mock.status = static_cast<int>(arguments.number("mock-status", 200));
  if (options.mock.status < 200 || options.mock.status > 599) return usage_error("--mock-status: an answer's status is from 200 to 599");
  options.mock.body = arguments.text("mock-body", "");
  options.mock.delay_ms = arguments.duration_ms("mock-delay", 0);
  return options;
}

net::ServerOptions read_server_options(const Arguments& arguments) {
  net::ServerOptions server;
  server.host = arguments.text("host", "127.0.0.1");
  server.port = static_cast<std::uint16_t>(arguments.number("port", 4400));
  server.limits.body = arguments.size("max-body", server.limits.body);
  server.request_timeout_ms = arguments.duration_ms("request-timeout", server.request_timeout_ms);
  return server;
}

Result<ScreenOptions> read_screen_options(const Arguments& arguments) {
  ScreenOptions options;
  options.json = arguments.has("json");
  options.quiet = arguments.has("quiet");
  if (arguments.has("exit-after") && arguments.number("exit-after", 0) == 0) return usage_error("--exit-after: stop after how many requests? a number from 1");
  if (arguments.has("exit-after")) options.exit_after = static_cast<std::uint64_t>(arguments.number("exit-after", 0));
  if (const auto text = arguments.text("until")) {
    auto filter = store::parse_filter(*text);
    if (!filter) return Error{filter.error().kind, "--until: " + filter.error().message, filter.error().hint};
    options.until = *std::move(filter);
  }
  return options;
}

std::string describe(const gateway::ReceiverOptions& options, const std::string& journal) {
  const std::string who = options.provider != nullptr ? options.provider->id : "any provider";
  return "(" + who + ", " + (verifies(options) ? "verifying" : "not verifying: no secret") + "; journal " + journal + ")";
}

Result<void> announce(Session& session, const Arguments& arguments, const gateway::ReceiverOptions& options, const net::Address& address) {
  const std::string url = "http://" + address.text();
  std::vector<std::string> targets;
  for (const http::Url& target : options.targets) targets.push_back(target.text());
  if (arguments.has("json")) {
    session.out << to_text(ui::ready_record(url, targets, options.provider != nullptr ? options.provider->id : "", verifies(options), journal_path(arguments))) << "\n";
  } else {
    const std::string to = targets.empty() ? "answers " + std::to_string(options.mock.status) : join(targets, ", ");
    session.out << session.paint.bold("Ready:") << " " << url << " → " << to << "   " << describe(options, journal_path(arguments)) << "\n";
  }
  session.out.flush();
  if (!http::is_loopback(address.host)) session.err << "hookctl: warning: " << address.text() << " can be reached from other machines\n";
  if (const auto file = arguments.text("ready-file")) return write_private_file(*file, address.text() + "\n");
  return {};
}

// Providers of the user's own that cannot be read are not recognised: say so before one is missed.
void warn_of_broken(Session& session) {
  for (const provider::Entry& entry : session.catalog.entries()) {
    if (!entry.found) session.err << "hookctl: warning: " << printable(entry.found.error().message) << "; its requests will not be recognised\n";
  }
}

// What was received is nobody's to commit: the folder of the journal ignores itself, but for the user's own providers and fixtures, which a
// team may share. Only a convenience, so a failure is none.
void keep_out_of_git(const std::string& journal) {
  static constexpr std::string_view kFolder = ".hookctl/";
  const std::size_t at = journal.rfind('/') + 1;
  if (at < kFolder.size() || journal.substr(at - kFolder.size(), kFolder.size()) != kFolder) return;
  const std::string file = journal.substr(0, at) + ".gitignore";
  if (!file_exists(file)) static_cast<void>(write_private_file(file, "*\n!/providers/\n!/providers/**\n!/fixtures/\n!/fixtures/**\n"));
}

Result<ExitCode> run_listen(Session& session, const Arguments& arguments) {
  ProviderPtr provider;
  if (const auto id = arguments.text("provider")) {
    auto found = read_provider(session, arguments, *id);
    if (!found) return found.error();
    provider = *found;
  }
  auto options = read_receiver_options(arguments, provider);
  if (!options) return options.error();
  auto screen_options = read_screen_options(arguments);
  if (!screen_options) return screen_options.error();
  if (arguments.number("port", 4400) > 65535) return usage_error("--port: a port is a number from 0 to 65535");

  net::Loop loop;
  const auto stop = [&loop, limit = options->forward_timeout_ms + options->mock.delay_ms + kDrainGraceMs] { loop.drain(limit); };
  auto client = loop.make_client(client_options(arguments));
  if (!client) return client.error();
  store::JournalOptions journal_options;
  journal_options.post = [&loop](std::function<void()> work) { loop.post(std::move(work)); };
  auto journal = store::Journal::open(journal_path(arguments), store::OpenMode::read_write, std::move(journal_options));
  if (!journal) return journal.error();
  keep_out_of_git(journal_path(arguments));
  Screen screen(session, *std::move(screen_options), stop);
  auto key_client = make_key_client(loop, arguments);
  if (!key_client) return key_client.error();
  auto receiver = gateway::Receiver::create(*options, {session.catalog, **journal, **client, loop, session.clock, screen, key_client->get()});
  if (!receiver) return receiver.error();
  auto address = loop.listen(read_server_options(arguments), **receiver);
  if (!address) return address.error();
  (*receiver)->set_listener(address->text());
  loop.on_stop_signal([&](int) { stop(); });
  bool timed_out = false;
  if (arguments.has("timeout")) loop.after(arguments.duration_ms("timeout", 0), [&] { timed_out = true; stop(); });
  if (provider == nullptr) warn_of_broken(session);
  if (auto announced = announce(session, arguments, *options, *address); !announced) return announced.error();
  loop.run();
  (*journal)->flush();
  const bool waited_for_something = arguments.has("exit-after") || arguments.has("until");
  return timed_out && waited_for_something && !screen.satisfied() ? ExitCode::no : ExitCode::yes;
}

}  // namespace

Command listen_command() {
  return {"listen",
          "receive webhooks: verify, keep, forward to your endpoint, show",
          "Receives webhooks on this machine. Every request is kept byte for byte in the journal before it is answered; its signature is checked when a secret is "
          "given; it is passed on to your endpoint, whose own answer goes back to the sender. Without an endpoint it answers by itself. Ctrl-C lets what is under way finish.",
          {},
          listen_options(),
          {"hookctl listen --provider stripe --secret env:STRIPE_SECRET --forward-to 3000/webhook", "hookctl listen --port 0 --mock-status 500 --exit-after 1 --json"},
          run_listen};
}

}  // namespace hookctl
