// hookctl sign: print the request that a provider would send with this body.
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "event/compose.hpp"
#include "http/codec.hpp"
#include "http/outgoing.hpp"
#include "provider/provider.hpp"
#include "signing/sign.hpp"
#include "ui/lines.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

std::vector<Option> sign_options() {
  std::vector<Option> own{
      {"body", 'b', ValueKind::text, "FILE", "the body to sign (- for standard input)"},
      {"url", 'u', ValueKind::text, "URL", "the endpoint's URL, for providers that sign it"},
      {"method", 0, ValueKind::text, "METHOD", "HTTP method (the provider's)"},
      {"id", 0, ValueKind::text, "ID", "the message id, for providers that name it in a header (the body's, or a fresh one)"},
      {"event", 0, ValueKind::text, "TYPE", "the event type, for providers that name it in a header (the body's)"},
      header_option("a header to add or replace"),
      {"explain", 0, ValueKind::flag, "", "show the signed content on standard error"},
      now_option(),
  };
  return joined({{own.begin(), own.end()}, signing_key_options(), provider_options(), output_options()});
}

std::string body_event(const provider::Provider& provider, const std::string& body) {
  http::Request request;
  request.body = body;
  return provider::name_event(provider, request).type;
}

Result<ExitCode> run_sign(Session& session, const Arguments& arguments) {
  const auto id = arguments.text("provider");
  if (!id) return usage_error("sign needs --provider P: whose way of signing", "'hookctl providers' lists all");
  auto provider = read_provider(session, arguments, *id);
  if (!provider) return provider.error();
  const auto file = arguments.text("body");
  if (!file) return usage_error("sign needs --body FILE: the bytes to sign", "- reads standard input");
  auto body = read_file(*file);
  if (!body) return body.error();
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  if (auto checked = check_signing_keys(**provider, *keys); !checked) return checked.error();
  auto headers = read_headers(arguments);
  if (!headers) return headers.error();
  auto now = read_now(session, arguments);
  if (!now) return now.error();
  http::Url url = *http::parse_url("http://localhost/");
  if (const auto text = arguments.text("url")) {
    auto parsed = read_url("url", *text);
    if (!parsed) return parsed.error();
    url = *std::move(parsed);
    if (url.target.empty()) url.target = "/";
  } else if (signing::signs_url((*provider)->scheme)) {
    return usage_error((*provider)->title + " signs the endpoint's URL: give it with --url");
  }
  event::ComposeInputs inputs;
  inputs.id = arguments.text("id", "");
  inputs.now = *now;
  inputs.headers = *std::move(headers);
  inputs.fresh = false;
  const std::string bytes = *std::move(body);
  const std::string type = arguments.text("event", body_event(**provider, bytes));
  auto event = event::compose(**provider, {type, "application/json", bytes}, inputs, session.random);
  if (!event) return event.error();
  event->request.body = bytes;  // --id names the message; what is signed stays as it is
  if (const auto method = arguments.text("method")) event->request.method = *method;
  const std::string url_text = arguments.text("url") && arguments.text("url")->find("://") != std::string::npos ? *arguments.text("url") : url.text();
  auto made = signing::sign((*provider)->scheme, *keys, event->request, {event->id, *now, url_text, arguments.text("audience", "")});
  if (!made) return made.error();
  http::set_content_length(made->request);
  const std::string final_url = made->url.empty() ? url_text : made->url;
  if (arguments.has("json")) {
    session.out << to_text(ui::signed_request_record(made->request, final_url)) << "\n";
  } else {
    auto target = http::parse_url(final_url);
    made->request.target = target ? target->origin_form() : "/";
    const http::Outgoing message = http::outgoing_message(target ? *target : url, made->request);
    session.out << ui::for_screen(message.head + message.body, session.out_is_terminal);
  }
  if (arguments.has("explain")) session.err << "signed content (" << made->content.size() << " bytes):\n" << ui::body_excerpt(made->content, 64 * 1024);
  return ExitCode::yes;
}

}  // namespace

Command sign_command() {
  return {"sign",
          "print the signed request for a body of yours",
          "Signs a body the way a provider does and prints the whole request: raw HTTP, or with --json its method, url, headers and body_base64.",
          {},
          sign_options(),
          {"hookctl sign --provider github --secret s --body event.json", "hookctl sign --provider stripe --secret env:STRIPE_SECRET --body - --json"},
          run_sign};
}

}  // namespace hookctl
