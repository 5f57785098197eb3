// hookctl send: a fresh signed event, delivered.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/challenge.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/outgoing.hpp"
#include "commands/retries.hpp"
#include "commands/summary.hpp"
#include "delivery/deliver.hpp"
#include "event/compose.hpp"
#include "http/codec.hpp"
#include "http/outgoing.hpp"
#include "net/loop.hpp"
#include "signing/sign.hpp"
#include "ui/lines.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

std::vector<Option> send_options() {
  std::vector<Option> own{
      {"to", 't', ValueKind::text, "URL", "the endpoint: 3000, :3000/hooks, localhost:3000/hooks, https://…"},
      {"set", 0, ValueKind::text, "PATH=JSON", "change one value of the body, as in 'data.object.amount=1999'; what is no JSON is text", "The event", true},
      {"unset", 0, ValueKind::text, "PATH", "take one value out of the body", "The event", true},
      {"body", 0, ValueKind::text, "FILE", "send this body instead of the fixture's (- for standard input)", "The event"},
      {"id", 0, ValueKind::text, "ID", "the event's id (a fresh one)", "The event"},
      {"keep", 0, ValueKind::flag, "", "keep the fixture's own id and times", "The event"},
      header_option("a header to add or replace"),
      {"count", 'n', ValueKind::number, "N", "send N events, each with its own id (1)", "Many"},
      {"rate", 0, ValueKind::number, "N", "at most N a second", "Many"},
      {"concurrency", 'c', ValueKind::number, "N", "N at a time (1)", "Many"},
      {"duplicate", 0, ValueKind::flag, "", "deliver every event twice, with the same id", "Many"},
      timeout_option("how long the endpoint may take to answer (30s)"),
      {"dry-run", 0, ValueKind::flag, "", "print the request instead of sending it", "Instead of sending"},
      {"as", 0, ValueKind::choice, "FORM", "print it as a command", "Instead of sending", false, {"curl"}},
      now_option(),
      fixtures_option(),
  };
  return joined({{own.begin(), own.end()}, delivery_options(), challenge_options(), signing_key_options(), form_options(), tls_options(), output_options()});
}

// Everything that is the same for each event of one `send`.
struct Plan {
  ProviderPtr provider;
  provider::Fixture fixture;
  event::ComposeInputs compose;
  signing::Keys keys;
  std::string audience{};
  http::Url url;
  bool has_url{false};
  Delivering delivering;
  bool now_given{false};
};

Result<std::vector<event::Edit>> read_edits(const Arguments& arguments) {
  std::vector<event::Edit> edits;
  for (const Arguments::Given& given : arguments.all()) {
    if (given.name == "unset") edits.push_back(event::UnsetValue{given.value});
    if (given.name != "set") continue;
    const std::size_t equals = given.value.find('=');
    if (equals == std::string::npos || equals == 0) return usage_error("--set: '" + printable(given.value) + "' is not PATH=JSON", "as in --set data.object.amount=1999");
    edits.push_back(event::SetValue{given.value.substr(0, equals), given.value.substr(equals + 1)});
  }
  return edits;
}

Result<provider::Fixture> read_fixture(Session& session, const Arguments& arguments, const provider::Provider& provider, const std::string& event) {
  const auto file = arguments.text("body");
  auto fixture = session.catalog.fixture(provider, event);
  if (!file) return fixture;
  auto body = read_file(*file);
  if (!body) return body.error();
  const std::string media = fixture ? fixture->media_type : std::string("application/json");
  return provider::Fixture{event, media, *std::move(body)};
}

Result<Plan> make_plan(Session& session, const Arguments& arguments) {
  Plan plan;
  const auto words = arguments.positionals();
  auto provider = read_provider(session, arguments, words[0]);
  if (!provider) return provider.error();
  plan.provider = *provider;
  auto fixture = read_fixture(session, arguments, *plan.provider, words[1]);
  if (!fixture) return fixture.error();
  plan.fixture = *std::move(fixture);
  auto edits = read_edits(arguments);
  if (!edits) return edits.error();
  plan.compose.edits = *std::move(edits);
  auto headers = read_headers(arguments);
  if (!headers) return headers.error();
  plan.compose.headers = *std::move(headers);
  plan.compose.id = arguments.text("id", "");
  plan.compose.fresh = !arguments.has("keep") && !arguments.has("body");
  auto now = read_now(session, arguments);
  if (!now) return now.error();
  plan.compose.now = *now;
  plan.now_given = arguments.has("now");
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  plan.keys = *std::move(keys);
  plan.audience = arguments.text("audience", "");
  if (auto checked = check_signing_keys(*plan.provider, plan.keys); !checked) return checked.error();
  auto delivering = read_delivering(arguments, *plan.provider);
  if (!delivering) return delivering.error();
  plan.delivering = *std::move(delivering);
  if (const auto to = arguments.text("to")) {
    auto url = read_url("to", *to);
    if (!url) return url.error();
    plan.url = *std::move(url);
    plan.has_url = true;
  }
  return plan;
}

struct SignedMessage {
  http::Request request;
  http::Url url;
};

Result<SignedMessage> sign_event(const Plan& plan, const event::Event& event, UnixMs now) {
  http::Url url = plan.url;
  if (url.target.empty()) url.target = "/";
  auto done = signing::sign(plan.provider->scheme, plan.keys, event.request, {event.id, now, url.text(), plan.audience});
  if (!done) return done.error();
  if (done->url != url.text() && !done->url.empty()) {
    auto changed = http::parse_url(done->url);
    if (!changed) return changed.error();
    url = *std::move(changed);
  }
  done->request.target = url.origin_form();
  return SignedMessage{std::move(done->request), url};
}

Result<ExitCode> print_only(Session& session, const Arguments& arguments, const Plan& plan) {
  auto event = event::compose(*plan.provider, plan.fixture, plan.compose, session.random);
  if (!event) return event.error();
  auto made = sign_event(plan, *event, plan.compose.now);
  if (!made) return made.error();
  const http::Outgoing message = http::outgoing_message(made->url, made->request);
  if (arguments.has("json")) {
    http::Request shown = made->request;
    http::set_content_length(shown);
    session.out << to_text(ui::signed_request_record(shown, made->url.text())) << "\n";
  } else if (arguments.has("as")) {
    session.out << ui::for_screen(http::as_curl(message, made->request), session.out_is_terminal);
  } else {
    session.out << ui::for_screen(message.head + message.body, session.out_is_terminal);
  }
  return ExitCode::yes;
}

// Sends events of one plan; one for each thread.
class Sender {
 public:
  Sender(Session& session, const Plan& plan, bool quiet, bool json, std::mutex& screen, Summary& summary, SharedStanding& standing)
      : session_(session), plan_(plan), quiet_(quiet), json_(json), screen_(screen), summary_(summary), standing_(standing) {}

  // Delivers `event` once more or for the first time.
  Result<ExitCode> deliver(http::Client& client, const event::Event& event) {
    http::Request shown;
    delivery::DeliverOptions options = deliver_options();
    options.on_attempt = [&](const delivery::Attempt& attempt, std::size_t) { tell(shown, attempt); };
    options.redirect = [&](const http::Outgoing& message, std::string_view location) -> Result<http::Outgoing> {
      auto url = http::resolve_url(message.url, location);
      if (!url) return url.error();
      http::Request again = shown;
      again.target = url->origin_form();
      return http::outgoing_message(*url, std::move(again));
    };
    if (!quiet_ && !json_) announce(event);
    const auto make = [&](std::size_t number, const delivery::Attempt* last) -> Result<http::Outgoing> {
      event::Event trial = event;
      for (const http::Header& field : retry_headers(plan_.delivering, number, last)) trial.request.headers.set(field.name, field.value);
      auto made = sign_event(plan_, trial, plan_.now_given ? plan_.compose.now : session_.clock.now());
      if (!made) return made.error();
      shown = made->request;
      return http::outgoing_message(made->url, std::move(made->request));
    };
    auto delivery = delivery::deliver(client, session_.clock, make, options);
    if (!delivery) return delivery.error();
    if (json_) {
      const std::lock_guard<std::mutex> lock(screen_);
      session_.out << to_text(ui::delivery_record(plan_.provider->id, event.type, event.id, plan_.url.text(), *delivery)) << "\n";
      session_.out.flush();
    }
    return exit_code_of(*delivery);
  }

 private:
  delivery::DeliverOptions deliver_options() const {
    delivery::DeliverOptions options;
    options.timeout_ms = plan_.delivering.timeout_ms;
    options.rules = plan_.delivering.rules;
    options.time_scale = plan_.delivering.time_scale;
    options.sleep = [this](std::int64_t ms) { return !standing_.switched_off() && interruptible_sleep(ms); };
    return options;
  }

  void tell(const http::Request& shown, const delivery::Attempt& attempt) {
    summary_.add(attempt);
    const std::string switched_off = standing_.count(attempt);
    if (json_) return;
    const std::lock_guard<std::mutex> lock(screen_);
    if (!quiet_) show_attempt(session_, shown, attempt, next_words(plan_.delivering, attempt));
    if (!switched_off.empty()) session_.out << "    " << plan_.provider->id << " switches the endpoint off: " << switched_off << "; nothing more is sent\n";
    session_.out.flush();
  }

  void announce(const event::Event& event) {
    const std::lock_guard<std::mutex> lock(screen_);
    session_.out << time_of_day(session_.clock.now()) << "  --> " << printable(event.type) << "  " << printable(event.id) << "  to " << plan_.url.text() << "\n";
    session_.out.flush();
  }

  Session& session_;
  const Plan& plan_;
  bool quiet_;
  bool json_;
  std::mutex& screen_;
  Summary& summary_;
  SharedStanding& standing_;
};

Result<ExitCode> send_all(Session& session, const Arguments& arguments, const Plan& plan) {
  const auto count = static_cast<std::uint64_t>(arguments.number("count", 1));
  const bool json = arguments.has("json");
  const bool quiet = count > 20 && !json;  // one line each is for a few
  const auto threads = std::clamp<std::int64_t>(arguments.number("concurrency", 1), 1, 256);
  const int copies = arguments.has("duplicate") ? 2 : 1;
  watch_for_interrupt();
  Pace pace(static_cast<double>(arguments.number("rate", 0)));
  Summary summary(session, count * static_cast<std::uint64_t>(copies), !json && count > 1);
  SharedStanding standing(plan.delivering);
  if (!json) session.err << delivering_words(plan.delivering) << std::flush;
  std::mutex screen;
  std::mutex shared;  // guards random, code, failure
  std::atomic<std::uint64_t> next{0};
  ExitCode code = ExitCode::yes;
  std::optional<Error> failure;

  const auto work = [&] {
    auto client = net::make_blocking_client(client_options(arguments));
    Sender sender(session, plan, quiet, json, screen, summary, standing);
    while (next++ < count && !was_interrupted() && !standing.switched_off()) {
      if (!interruptible_sleep(pace.wait_ms())) return;
      Result<event::Event> event = Error{};
      {
        const std::lock_guard<std::mutex> lock(shared);
        if (failure || !client) {
          if (!failure) failure = client.error();
          return;
        }
        event = event::compose(*plan.provider, plan.fixture, plan.compose, session.random);
      }
      for (int copy = 0; copy < copies; ++copy) {
        auto done = event ? sender.deliver(**client, *event) : Result<ExitCode>(event.error());
        const std::lock_guard<std::mutex> lock(shared);
        if (!done) {
          if (!failure) failure = done.error();
          return;
        }
        code = graver(code, *done);
      }
    }
  };
  std::vector<std::jthread> pool;
  for (std::int64_t i = 1; i < threads; ++i) pool.emplace_back(work);
  work();
  pool.clear();
  if (failure) return *failure;
  summary.finish();
  return was_interrupted() ? ExitCode::interrupted : code;
}

Result<ExitCode> run_send(Session& session, const Arguments& arguments) {
  if (arguments.has("challenge")) return run_challenge(session, arguments);
  if (arguments.positionals().size() < 2) return usage_error("'hookctl send' needs EVENT: an event type from 'hookctl events PROVIDER'", "or --challenge, to ask what the provider asks at set-up");
  auto plan = make_plan(session, arguments);
  if (!plan) return plan.error();
  const bool print = arguments.has("dry-run") || arguments.has("as");
  if (!plan->has_url) {
    if (!print) return usage_error("send needs --to URL: the endpoint that gets the event", "as in --to 3000/webhook; --dry-run prints the request instead");
    plan->url = *http::parse_url("http://localhost/");
  }
  if (print) return print_only(session, arguments, *plan);
  // What cannot be made or signed is told before anything is sent.
  auto trial = event::compose(*plan->provider, plan->fixture, plan->compose, session.random);
  if (!trial) return trial.error();
  if (auto made = sign_event(*plan, *trial, plan->compose.now); !made) return made.error();
  return send_all(session, arguments, *plan);
}

}  // namespace

Command send_command() {
  return {"send",
          "make a fresh, signed event and deliver it to an endpoint",
          "Makes an event as its provider would send it: the fixture's body with a fresh id and time, the provider's headers, a right signature. Every attempt is signed anew. "
          "Exit code 0 means that the endpoint answered 2xx.",
          {{"PROVIDER", "a name from 'hookctl providers', or a provider.json"}, {"EVENT", "an event type from 'hookctl events PROVIDER'; not with --challenge", false}},
          send_options(),
          {"hookctl send stripe payment_intent.payment_failed --to 3000/webhook --secret env:STRIPE_SECRET", "hookctl send github push --set ref=refs/heads/dev --secret s --as curl",
           "hookctl send slack --challenge --to 3000/slack --secret env:SLACK_SECRET"},
          run_send};
}

}  // namespace hookctl
