// hookctl replay: deliver kept requests again, byte for byte or signed anew.
#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/kept.hpp"
#include "commands/options.hpp"
#include "commands/outgoing.hpp"
#include "commands/replay_finding.hpp"
#include "commands/retries.hpp"
#include "commands/summary.hpp"
#include "delivery/deliver.hpp"
#include "http/codec.hpp"
#include "http/outgoing.hpp"
#include "net/loop.hpp"
#include "signing/sign.hpp"
#include "store/ids.hpp"
#include "ui/lines.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

std::vector<Option> replay_options() {
  std::vector<Option> own{
      {"to", 't', ValueKind::text, "URL", "the endpoint (where it was forwarded to the last time)"},
      {"resign", 0, ValueKind::flag, "", "a fresh timestamp and signature, the same event id and body"},
      {"since", 0, ValueKind::text, "TIME", "all kept since then: 10m, 2h, or 2026-01-31T12:00:00Z", "Which requests (instead of ids)"},
      {"filter", 0, ValueKind::text, "FILTER", "all that match, as in 'provider=stripe event=invoice.*'", "Which requests (instead of ids)"},
      {"speed", 0, ValueKind::text, "N", "keep the gaps between them, N times as fast: 1x, 2x, 10x (no gaps)"},
      {"retries", 0, ValueKind::text, "SCHEDULE", "try again after a failure: none, or gaps such as 1s,5s (none)"},
      timeout_option("how long the endpoint may take to answer (30s)"),
      {"dry-run", 0, ValueKind::flag, "", "print the requests instead of sending them"},
      {"as", 0, ValueKind::choice, "FORM", "print them as commands", "Options", false, {"curl"}},
      journal_option(),
      now_option(),
  };
  return joined({{own.begin(), own.end()}, replay_finding_options(), signing_key_options(), provider_options(), tls_options(), output_options()});
}

struct Plan {
  std::optional<http::Url> url;
  bool resign{false};
  std::optional<double> speed;
  Delivering delivering;
  signing::Keys keys;
};

Result<std::optional<double>> read_speed(const Arguments& arguments) {
  const auto text = arguments.text("speed");
  if (!text) return std::optional<double>();
  const std::string_view digits = text->ends_with('x') ? std::string_view(*text).substr(0, text->size() - 1) : std::string_view(*text);
  const auto speed = parse_decimal(digits);
  if (!speed || *speed <= 0) return usage_error("--speed: '" + printable(*text) + "' is not a speed", "give 1x, 2x, 0.5x");
  return speed;
}

Result<Plan> make_plan(const Arguments& arguments) {
  Plan plan;
  if (const auto to = arguments.text("to")) {
    auto url = read_url("to", *to);
    if (!url) return url.error();
    plan.url = *std::move(url);
  }
  plan.resign = arguments.has("resign");
  auto speed = read_speed(arguments);
  if (!speed) return speed.error();
  plan.speed = *speed;
  auto gaps = delivery::parse_gaps(arguments.text("retries", "none"));
  if (!gaps) return gaps.error();
  plan.delivering.rules.gaps_ms = *std::move(gaps);
  plan.delivering.timeout_ms = arguments.duration_ms("timeout", 30'000);
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  plan.keys = *std::move(keys);
  return plan;
}

Result<http::Url> where_to(const Plan& plan, const store::StoredRequest& kept) {
  if (plan.url) return *plan.url;
  const auto forwarded = std::find_if(kept.attempts.rbegin(), kept.attempts.rend(), [](const store::Attempt& attempt) { return !attempt.url.empty(); });
  if (forwarded == kept.attempts.rend()) {
    return usage_error(store::request_id_text(kept.id) + " was forwarded to no endpoint yet", "name one with --to URL");
  }
  return http::parse_url(forwarded->url);
}

// `request`, which is `kept` on its way to `url`, with a fresh signature. The event id stays.
Result<http::Request> sign_again(Session& session, const Arguments& arguments, const Plan& plan, const store::StoredRequest& kept, http::Request request, const http::Url& url) {
  const std::string id = arguments.text("provider", kept.received.provider);
  if (id.empty()) return usage_error("the provider of " + store::request_id_text(kept.id) + " is not known", "name it with --provider P");
  auto provider = read_provider(session, arguments, id);
  if (!provider) return provider.error();
  auto now = read_now(session, arguments);
  if (!now) return now.error();
  if (auto checked = check_signing_keys(**provider, plan.keys); !checked) return checked.error();
  const std::string body = request.body;
  const std::string event_id = kept.received.event_id.empty() ? provider::name_event(**provider, request).id : kept.received.event_id;
  http::Url signed_url = url;
  signed_url.target = request.target;
  auto made = signing::sign((*provider)->scheme, plan.keys, std::move(request), {event_id, *now, signed_url.text()});
  if (!made) return made.error();
  made->request.raw_head.clear();  // the fields have changed
  if (auto moved = http::parse_url(made->url)) made->request.target = moved->origin_form();  // twilio-json puts the body's hash there
  if (made->request.body != body) {
    made->request.raw_body.clear();
    http::set_content_length(made->request);
  }
  return std::move(made->request);
}

Result<ExitCode> replay_one(Session& session, const Arguments& arguments, const Plan& plan, const store::StoredRequest& kept, http::Client& client, Summary& summary) {
  auto url = where_to(plan, kept);
  if (!url) return url.error();
  http::Request shown = request_of(kept);
  const auto make = [&](std::size_t, const delivery::Attempt*) -> Result<http::Outgoing> {
    http::Request request = request_of(kept);
    request.target = gateway_target(*url, request.target);
    if (plan.resign) {
      auto resigned = sign_again(session, arguments, plan, kept, std::move(request), *url);
      if (!resigned) return resigned.error();
      request = *std::move(resigned);
    }
    shown = request;
    return http::outgoing_message(*url, std::move(request));
  };
  const bool json = arguments.has("json");
  if (arguments.has("dry-run") || arguments.has("as")) {
    auto message = make(0, nullptr);
    if (!message) return message.error();
    if (json) {
      http::Url whole = *url;
      whole.target = shown.target;
      session.out << to_text(ui::signed_request_record(shown, whole.text())) << "\n";
    } else {
      session.out << ui::for_screen(arguments.has("as") ? http::as_curl(*message, shown) : message->head + message->body, session.out_is_terminal);
    }
    return ExitCode::yes;
  }
  delivery::DeliverOptions options;
  options.timeout_ms = plan.delivering.timeout_ms;
  options.rules = plan.delivering.rules;
  options.sleep = interruptible_sleep;
  options.on_attempt = [&](const delivery::Attempt& attempt, std::size_t) {
    summary.add(attempt);
    if (!json) show_attempt(session, shown, attempt, next_words(plan.delivering, attempt));
  };
  if (auto possible = make(0, nullptr); !possible) return possible.error();  // before it is announced
  if (!json) {
    const store::Received& received = kept.received;
    const std::string name = received.event_type.empty() ? ui::request_name(received.method, received.target) : printable(received.event_type);
    session.out << time_of_day(session.clock.now()) << "  --> " << store::request_id_text(kept.id) << "  " << name << "  " << printable(received.event_id)
                << (received.event_id.empty() ? "" : "  ") << (plan.resign ? "signed anew" : "as received") << "  to " << url->text() << "\n";
    session.out.flush();
  }
  auto delivery = delivery::deliver(client, session.clock, make, options);
  if (!delivery) return delivery.error();
  if (json) {
    auto record = ui::delivery_record(kept.received.provider, kept.received.event_type, kept.received.event_id, url->text(), *delivery);
    record["request"] = store::request_id_text(kept.id);
    session.out << to_text(record) << "\n";
  }
  return exit_code_of(*delivery);
}

// What is left of a gap at `speed`; within what a number of milliseconds holds, however slow.
std::int64_t gap_ms(UnixMs gap, double speed) {
  constexpr double kLongest = 1e15;
  return static_cast<std::int64_t>(std::min(static_cast<double>(std::max<UnixMs>(0, gap)) / speed, kLongest));
}

Result<ExitCode> run_replay(Session& session, const Arguments& arguments) {
  auto findings = names_findings(arguments);
  if (!findings) return findings.error();
  if (*findings) return replay_findings(session, arguments);
  auto plan = make_plan(arguments);
  if (!plan) return plan.error();
  auto journal = store::Journal::open(journal_path(arguments), store::OpenMode::read_only);
  if (!journal) return journal.error();
  auto ids = chosen_ids(session, arguments, **journal);
  if (!ids) return ids.error();
  auto client = net::make_blocking_client(client_options(arguments));
  if (!client) return client.error();
  watch_for_interrupt();
  Summary summary(session, ids->size(), ids->size() > 1 && !arguments.has("json") && !arguments.has("dry-run") && !arguments.has("as"));
  ExitCode code = ExitCode::yes;
  std::optional<UnixMs> before;
  for (const std::int64_t id : *ids) {
    auto kept = find_kept(**journal, id);
    if (!kept) return kept.error();
    const UnixMs at = kept->received.received_at;
    if (plan->speed && before && !interruptible_sleep(gap_ms(at - *before, *plan->speed))) break;
    before = at;
    if (was_interrupted()) break;
    auto done = replay_one(session, arguments, *plan, *kept, **client, summary);
    if (!done) return done.error();
    code = graver(code, *done);
  }
  summary.finish();
  return was_interrupted() ? ExitCode::interrupted : code;
}

}  // namespace

Command replay_command() {
  return {"replay",
          "deliver kept requests again, as received or signed anew",
          "Delivers requests from the journal again: exactly the bytes that were received, or with --resign the same event under a fresh timestamp and signature. "
          "'last' is the newest request. With the id of a finding of 'hookctl fuzz' (fnd_…) it tries that finding again, at the endpoint and with the options that it was found with, "
          "but for those given anew: still there (exit code 1), fixed (0), or cannot tell (3).",
          {{"ID", "ids from 'hookctl requests', or 'last'; or ids from 'hookctl findings'", false, true}},
          replay_options(),
          {"hookctl replay last --to 3000/webhook", "hookctl replay --since 10m --filter 'event=invoice.*' --to 3000/webhook --resign --secret env:STRIPE_SECRET"},
          run_replay};
}

}  // namespace hookctl
