// What no answer may hold: the watch over all answers, and the rules that ask it.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "check/traces.hpp"
#include "check_fake_endpoint.hpp"
#include "signing/place.hpp"
#include "signing/sign.hpp"

using namespace hookctl;
using test::FakeCheck;
using test::FakeEndpoint;

namespace {

std::string tried(FakeCheck& check, const std::string& rule) { return check.verdict(check::disclosure_rules(), "disclosure/" + rule); }

const check::IsEcho kNothing = [](std::string_view) { return false; };

std::string trace_of(const std::string& text) { return check::trace_in(check::without_escapes(text), kNothing).value_or(""); }
std::string path_of(const std::string& text) { return check::disk_path_in(check::without_escapes(text), kNothing).value_or(""); }

void forge(FakeCheck& check) {
  check::Step step{.expect = check::Expect::refused};
  step.signing.keys = {check::SigningKey{.which = check::SigningKey::Which::stranger}};
  REQUIRE(check.bench().deliver(step).ok());
}

// Every refusal says this.
void refuses_with(FakeCheck& check, std::function<std::string(const http::Request&)> words) {
  check.endpoint.first = [&check, words](http::Request& request) -> std::optional<http::Response> {
    if (check.endpoint.verify(request).verdict != signing::Verdict::invalid) return std::nullopt;
    return FakeEndpoint::say(401, words(request));
  };
  forge(check);
}

std::string right_signature(const check::Subject& subject, const http::Request& request) {
  const auto& scheme = check::signing_way(*subject.provider);
  signing::SignInputs inputs{.id = "x", .now = 0, .url = subject.url.text(), .audience = {}, .timestamp = std::nullopt};
  if (scheme.timestamp) inputs.timestamp = std::string(request.headers.find(scheme.timestamp->from.name).value_or("0"));
  const auto done = signing::sign(scheme, subject.keys, request, inputs);
  return done ? std::string(done->request.headers.find(scheme.signature.from.name).value_or("")) : "";
}

}  // namespace

TEST_CASE("check traces: of eight languages and their frameworks") {
  CHECK(trace_of("Error: bad\n    at verify (/srv/app/hook.js:12:9)\n    at async Object.handle (node:internal/x:3:1)") ==
        "a stack trace of Node.js");
  CHECK(trace_of(R"({"stack":"Error: bad\n    at verify (/srv/hook.js:12:9)\n    at /srv/b.js:1:2"})") == "a stack trace of Node.js");
  CHECK(trace_of("<pre>Error: bad<br> &nbsp; &nbsp;at verify (/srv/hook.js:12:9)<br> &nbsp; &nbsp;at next (/srv/b.js:1:2)</pre>") ==
        "a stack trace of Node.js");
  CHECK(trace_of("Traceback (most recent call last):\n  File \"/app/x.py\", line 3, in hook\nKeyError: 'id'") == "a stack trace of Python");
  CHECK(trace_of("java.lang.NullPointerException\n\tat com.shop.Hook.take(Hook.java:12)\n\tat java.base/x.Y.z(Unknown Source)") ==
        "a stack trace of the JVM");
  CHECK(trace_of("System.NullReferenceException: x\n   at Shop.Hook.Take(String b) in C:\\shop\\Hook.cs:line 12\n   at "
                 "System.Threading.Tasks.Task.Run(Action a)") == "a stack trace of .NET");
  CHECK(trace_of("panic: boom\n\ngoroutine 17 [running]:\nmain.hook()") == "a stack trace of Go");
  CHECK(trace_of("app.rb:12:in `call'\nlib.rb:3:in `each'") == "a stack trace of Ruby");
  CHECK(trace_of("app.rb:12:in 'Hook#call'") == "a stack trace of Ruby");
  CHECK(trace_of("#0 /srv/index.php(12): hook('x')\n#1 /srv/a.php(3): main()") == "a stack trace of PHP");
  CHECK(trace_of("<b>Fatal error</b>: Uncaught TypeError in /srv/index.php:3 thrown in <b>/srv/index.php</b> on line <b>3</b>") ==
        "an error message of PHP");
  CHECK(trace_of("thread 'main' panicked at src/main.rs:3:5:") == "a panic of Rust");
  CHECK(trace_of("<h1>KeyError</h1> You're seeing this error because you have <code>DEBUG = True</code> in your Django settings file.") ==
        "a debug page of Django");
  CHECK(trace_of("<title>Action Controller: Exception caught</title>") == "a debug page of Rails");
}

TEST_CASE("check traces: ordinary answers hold none") {
  for (const char* text : {"", "ok", "{\"received\":true}", "meet at noon (12:30:45)", "at 10:12:13 it was late", "at home:1:2",
                           "goroutine", "Stack trace: none", "see app.rb for more", "<html><title>404 Not Found</title></html>",
                           "{\"error\":\"invalid signature\",\"at\":\"2026-01-01T10:00:00Z\"}",
                           "Whitelabel Error Page: there was an unexpected error (type=Not Found, status=404)", "DEBUG = True"}) {
    CHECK_MESSAGE(trace_of(text) == "", text);
  }
}

TEST_CASE("check traces: paths of a disk, and none of URLs") {
  CHECK(path_of("ENOENT: open '/ho" "me/deploy/hooks/config.json'") == "/ho" "me/deploy/hooks/config.json");
  CHECK(path_of("at x (file:///usr/src/app/server.js:3:1)") == "/usr/src/app/server.js");
  CHECK(path_of("{\"e\":\"C:\\\\inetpub\\\\shop\\\\hook.cs\"}") == "C:\\inetpub\\shop\\hook.cs");
  CHECK(path_of("in /app/node_modules/express/lib/router.js.") == "/app/node_modules/express/lib/router.js");
  for (const char* text :
       {"https://shop.example/ho" "me/ann/me.js", "<a href=\"/opt/shop/x.js\">", "/ho" "me/index.html", "/app/main.js", "Cannot POST /webhook",
        "a:\\b", "/usr/bin", "/v1/tmp/x.log", "Content-Type: application/json", "see C:\\", "/ho" "me/", "/etc/"}) {
    CHECK_MESSAGE(path_of(text) == "", text);
  }
}

TEST_CASE("check rules, disclosure: a sound endpoint passes them all and gets no request for it") {
  for (const char* provider : {"github", "stripe", "slack", "standard-webhooks", "gitlab", "discord"}) {
    FakeCheck check(provider);
    forge(check);
    const auto before = check.bench().requests();
    for (const char* rule : {"stack-trace", "secret", "path"}) {
      const std::string verdict = tried(check, rule);
      CHECK_MESSAGE((verdict == "" || verdict.starts_with("skipped: this provider has no secret")),
                    provider << " " << rule << " " << verdict);
    }
    CHECK(check.bench().requests() == before);
  }
}

TEST_CASE("check rules, disclosure: a stack trace, also when only one event brings it about, shows again") {
  FakeCheck check("github");
  refuses_with(check,
               [](const http::Request&) { return "Error: x\n    at verify (/srv/shop/hook.js:12:9)\n    at run (/srv/shop/hook.js:1:2)"; });
  CHECK(tried(check, "stack-trace") == "an answer held a stack trace of Node.js");
  CHECK(tried(check, "path") == "an answer held the path /srv/shop/hook.js");
  const auto rules = check::disclosure_rules();
  const auto outcome = rules.front().trial(check.bench());
  REQUIRE(outcome.ok());
  const auto again = outcome->again(check.bench());
  REQUIRE(again.ok());
  CHECK(again->fault.has_value());
  check.endpoint.first = {};
  CHECK(!outcome->again(check.bench())->fault);
}

TEST_CASE("check rules, disclosure: what we sent ourselves is an echo") {
  FakeCheck check("github");
  check.endpoint.first = [](http::Request& request) { return std::optional(FakeEndpoint::json(400, {{"cannot parse", request.body}})); };
  const std::string trace = "Error: x\n    at verify (/srv/shop/hook.js:12:9)\n    at run (/srv/shop/hook.js:1:2)";
  check::Step step{.edits = {event::SetValue{"note", nlohmann::json(trace).dump()}}, .expect = check::Expect::anything};
  REQUIRE(check.bench().deliver(step).ok());
  CHECK(tried(check, "stack-trace") == "");
  CHECK(tried(check, "path") == "");
}

TEST_CASE("check rules, disclosure: the secret in every spelling, and a part of it") {
  const auto leaking = [](const std::function<std::string(const std::string&)>& spell) {
    FakeCheck check("github");
    check.subject.keys.secrets = {Secret("k9Xw27bqPzL0m4tRvY81")};
    const std::string secret(check.subject.keys.secrets.front().reveal());
    refuses_with(check, [&](const http::Request&) { return "wrong secret, should be " + spell(secret); });
    return tried(check, "secret");
  };
  CHECK(leaking([](const std::string& text) { return text; }) == "an answer held the secret in full");
  CHECK(leaking([](const std::string& text) { return to_hex(text); }) == "an answer held the secret in hex in full");
  CHECK(leaking([](const std::string& text) { return to_base64(text); }) == "an answer held the secret in base64 in full");
  CHECK(leaking([](const std::string& text) { return text.substr(3, 12); }) == "an answer held a part of the secret");
  CHECK(leaking([](const std::string& text) { return text.substr(0, 11); }) == "");
}

TEST_CASE("check rules, disclosure: a secret of common words is not seen everywhere") {
  FakeCheck check("github");
  check.subject.keys.secrets = {Secret("my-webhook-secret")};
  refuses_with(check, [](const http::Request&) { return "set the webhook-secret of the endpoint"; });
  CHECK(tried(check, "secret") == "");
}

TEST_CASE("check rules, disclosure: a shared word that we sent may come back") {
  FakeCheck check("gitlab");
  check.endpoint.first = [](http::Request& request) {
    return std::optional(FakeEndpoint::json(200, {{"token", std::string(request.headers.find("X-Gitlab-Token").value_or(""))}}));
  };
  forge(check);
  CHECK(tried(check, "secret") == "");
}

TEST_CASE("check rules, disclosure: the signature that would have been right") {
  for (const char* provider : {"github", "slack"}) {
    FakeCheck check(provider);
    refuses_with(check,
                 [&](const http::Request& request) { return "expected " + right_signature(check.subject, request) + ", got another"; });
    CHECK_MESSAGE(tried(check, "signature") == "an answer held the right signature of the request", provider);
  }
  FakeCheck echo("github");
  refuses_with(echo,
               [](const http::Request& request) { return "got " + std::string(request.headers.find("X-Hub-Signature-256").value_or("")); });
  CHECK(tried(echo, "signature") == "");
  FakeCheck token("gitlab");
  CHECK(tried(token, "signature").starts_with("skipped: "));
}
