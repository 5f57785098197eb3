// Challenges on their way through the gateway: seen, told of, what they hand over kept, and no URL fetched that must not be.
#include <doctest/doctest.h>

#include <sys/stat.h>

#include "base/file.hpp"
#include "gateway/handshake.hpp"
#include "store_scratch.hpp"

using namespace hookctl;
using namespace hookctl::gateway;

namespace {

class OneAnswerClient final : public http::AsyncClient {
 public:
  void send(http::Outgoing message, std::int64_t, std::function<void(http::SendResult)> done) override {
    sent.push_back(std::move(message));
    done(result);
  }
  std::vector<http::Outgoing> sent;
  http::SendResult result{http::Response{}};
};

struct Notes final : Observer {
  void arrived(const Arrival&) override {}
  void answered(const Answer&) override {}
  void shook_hands(const Handshake& note) override { last = note; }
  void finished(const Arrival&, std::optional<int>) override {}
  void refused(const http::Refusal&, const std::string&) override {}
  void not_kept(const std::string&) override {}
  Handshake last;
};

struct House {
  explicit House(HandshakeOptions options = {}) : handshakes(std::move(options), catalog, client, clock, notes) {}

  // Sends it the way the receiver does; the answer, or nothing when it is no challenge or not ours to answer.
  std::optional<http::Response> take(const std::string& id, const http::Request& request, signing::Verdict verdict = signing::Verdict::unverified, const signing::Keys& keys = {}) {
    const provider::Provider* provider = *catalog.find(id);
    verification = {};
    verification.verdict = verdict;
    const provider::Challenge* challenge = handshakes.begin(provider, request, verification);
    if (challenge == nullptr) return std::nullopt;
    const std::string none;
    std::optional<http::Response> given;
    handshakes.settle({7, 0, request, none, none, none, none, verification}, *provider, *challenge, keys, [&](http::Response response) { given = std::move(response); });
    return given;
  }

  store::ScratchFolder folder;
  provider::Catalog catalog;
  OneAnswerClient client;
  FixedClock clock{1'769'860'800'000};
  Notes notes;
  Handshakes handshakes;
  signing::Verification verification;
};

http::Request posted(const std::string& body, http::Headers headers = {}) {
  http::Request request;
  request.headers = std::move(headers);
  request.body = body;
  return request;
}

const std::string kSlack = R"({"type":"url_verification","challenge":"abc"})";

http::Request confirmation(const std::string& url) {
  return posted(R"({"Type":"SubscriptionConfirmation","SubscribeURL":")" + url + "\"}", {{"x-amz-sns-message-type", "SubscriptionConfirmation"}});
}

const std::string kOwnUrl = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";

}  // namespace

TEST_CASE("handshake: a signed challenge is one when its signature holds or nothing was verified") {
  House house;
  CHECK(house.take("slack", posted(kSlack), signing::Verdict::valid)->body == "abc");
  CHECK(house.notes.last.outcome == Handshake::Outcome::answered);
  CHECK(house.notes.last.challenge == "url_verification");
  CHECK(house.notes.last.id == 7);
  CHECK(house.take("slack", posted(kSlack), signing::Verdict::unverified)->body == "abc");
  CHECK_FALSE(house.take("slack", posted(kSlack), signing::Verdict::invalid));
  CHECK(house.verification.verdict == signing::Verdict::invalid);
  CHECK_FALSE(house.take("slack", posted(R"({"type":"event_callback"})"), signing::Verdict::valid));
}

TEST_CASE("handshake: an unsigned challenge cannot be invalid; a forged event with its marks can") {
  House house;
  CHECK(house.take("asana", posted("{}", {{"X-Hook-Secret", "s"}}), signing::Verdict::invalid)->headers.find("X-Hook-Secret") == "s");
  CHECK(house.verification.verdict == signing::Verdict::unverified);
  CHECK(house.verification.code == "unsigned_challenge");
  CHECK_FALSE(house.take("asana", posted(R"({"events":[{}]})", {{"X-Hook-Secret", "s"}}), signing::Verdict::invalid));
  CHECK(house.verification.verdict == signing::Verdict::invalid);
  CHECK_FALSE(house.take("notion", posted(R"({"verification_token":"secret_x","type":"page.created"})"), signing::Verdict::invalid));
}

TEST_CASE("handshake: only what is unmistakable is recognised without a provider") {
  House house;
  const auto who = [&](const http::Request& request) {
    const provider::Provider* provider = house.handshakes.recognise(request);
    return provider == nullptr ? std::string() : provider->id;
  };
  http::Request get;
  get.method = "GET";
  get.target = "/?hub.mode=subscribe&hub.challenge=1";
  CHECK(who(get) == "meta");
  get.target = "/?challenge=1";
  CHECK(who(get) == "");
  get.headers = {{"x-okta-verification-challenge", "c"}};
  CHECK(who(get) == "okta");
  http::Request options;
  options.method = "OPTIONS";
  CHECK(who(options) == "");
  options.headers = {{"WebHook-Request-Origin", "eventgrid.azure.net"}};
  CHECK(who(options) == "azure-event-grid");
  CHECK(who(posted("{}", {{"X-Hook-Secret", "s"}})) == "asana");
  CHECK(who(confirmation(kOwnUrl)) == "aws-sns");
  CHECK(who(posted(R"({"verification_token":"secret_x"})")) == "");
}

TEST_CASE("handshake: the verify token") {
  HandshakeOptions options;
  options.verify_token = "right";
  House house(options);
  http::Request get;
  get.method = "GET";
  get.target = "/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong";
  CHECK(house.take("meta", get)->status == 403);
  CHECK(house.notes.last.outcome == Handshake::Outcome::refused);
  get.target = "/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=right";
  CHECK(house.take("meta", get)->body == "1");
  CHECK(house.notes.last.message.empty());
  House trusting;
  CHECK(trusting.take("meta", get)->body == "1");
  CHECK(trusting.notes.last.message.find("not checked") != std::string::npos);
}

TEST_CASE("handshake: an answer that needs a secret says so") {
  House house;
  const auto given = house.take("zoom", posted(R"({"event":"endpoint.url_validation","payload":{"plainToken":"p"}})"));
  CHECK(given->status == 500);
  CHECK(house.notes.last.outcome == Handshake::Outcome::unanswered);
  CHECK(given->body.find("signing secret") != std::string::npos);
}

TEST_CASE("handshake: the secret that matched makes the answer") {
  House house;
  signing::Keys keys;
  keys.secrets = {Secret("old"), Secret("Qx5tG2yTRZq0N3Uo8kVxYA")};
  const provider::Provider& zoom = **house.catalog.find("zoom");
  const http::Request request = posted(R"({"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}})");
  house.verification.verdict = signing::Verdict::valid;
  house.verification.secret_index = 1;
  const std::string none;
  house.handshakes.settle({1, 0, request, none, none, none, none, house.verification}, zoom, zoom.challenges.front(), keys, [](const http::Response& response) {
    CHECK(response.body.find("da0d3bf0b8ee6e1a1d54dae4b72c0d52a7e849165301b2d365daca1ba93a27e4") != std::string::npos);
  });
}

TEST_CASE("handshake: a secret that is handed over is kept for its owner only, used when there is none, shown masked") {
  store::ScratchFolder folder;
  HandshakeOptions options;
  options.secrets_folder = folder / "secrets";
  House house(options);
  const provider::Provider& notion = **house.catalog.find("notion");
  const std::string token = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl";
  CHECK(house.take("notion", posted("{\"verification_token\":\"" + token + "\"}"))->status == 200);
  CHECK(house.notes.last.secret_file == folder / "secrets/notion");
  CHECK(house.notes.last.secret_in_use);
  CHECK(house.notes.last.secret.find("tMrlL1") == std::string::npos);
  CHECK(*read_file(house.notes.last.secret_file) == token);
  struct stat status {};
  REQUIRE(::stat(house.notes.last.secret_file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  REQUIRE(house.handshakes.received_keys(notion) != nullptr);
  CHECK(house.handshakes.received_keys(notion)->secrets.front().reveal() == token);
  CHECK(house.handshakes.received_keys(**house.catalog.find("asana")) == nullptr);

  // The same again changes nothing; another one, which any stranger can send, is answered and no more.
  const auto send = [&](const std::string& text) { return house.take("notion", posted("{\"verification_token\":\"" + text + "\"}"), signing::Verdict::unverified, *house.handshakes.received_keys(notion)); };
  send(token);
  CHECK(house.notes.last.secret_in_use);
  CHECK(send("secret_two")->status == 200);
  CHECK(house.notes.last.message.find("not used: restart with --secret file:PATH, or remove " + (folder / "secrets/notion")) != std::string::npos);
  CHECK_FALSE(house.notes.last.secret_in_use);
  CHECK(house.notes.last.secret_file.empty());
  REQUIRE(house.handshakes.received_keys(notion)->secrets.size() == 1);
  CHECK(house.handshakes.received_keys(notion)->secrets.front().reveal() == token);
  CHECK_FALSE(file_exists(folder / "secrets/notion-2"));

  // One kept from an earlier run stays too.
  House later(options);
  later.take("notion", posted(R"({"verification_token":"secret_three"})"));
  CHECK_FALSE(later.notes.last.secret_in_use);
  CHECK(later.handshakes.received_keys(**later.catalog.find("notion"))->secrets.front().reveal() == token);
  CHECK(*read_file(folder / "secrets/notion") == token);
}

TEST_CASE("handshake: with --secret a secret that is handed over is not used, and kept once where the answer does not give it back") {
  store::ScratchFolder folder;
  HandshakeOptions options;
  options.secrets_folder = folder / "secrets";
  House house(options);
  signing::Keys keys;
  keys.secrets.push_back(Secret("own"));
  CHECK(house.take("asana", posted("{}", {{"X-Hook-Secret", "s"}}), signing::Verdict::invalid, keys)->headers.find("X-Hook-Secret") == "s");
  CHECK_FALSE(house.notes.last.secret_in_use);
  CHECK(house.notes.last.message.find("'hookctl requests show req_7'") != std::string::npos);
  CHECK_FALSE(file_exists(folder / "secrets/asana"));
  CHECK(house.handshakes.received_keys(**house.catalog.find("asana")) == nullptr);
  house.take("asana", posted("{}", {{"X-Hook-Secret", "own"}}), signing::Verdict::invalid, keys);
  CHECK(house.notes.last.message.empty());

  house.take("notion", posted(R"({"verification_token":"one"})"), signing::Verdict::invalid, keys);
  CHECK(*read_file(house.notes.last.secret_file) == "one");
  CHECK_FALSE(house.notes.last.secret_in_use);
  house.take("notion", posted(R"({"verification_token":"two"})"), signing::Verdict::invalid, keys);
  CHECK(house.notes.last.message.find("another secret came") != std::string::npos);
  CHECK(*read_file(folder / "secrets/notion") == "one");
  CHECK_FALSE(file_exists(folder / "secrets/notion-2"));
}

TEST_CASE("handshake: what carries a wrong signature is no unsigned challenge") {
  House house;
  http::Request request = posted("mandrill_events=%5B%5D", {{"Host", "h"}, {"Content-Type", "application/x-www-form-urlencoded"}});
  request.target = "/in";
  CHECK(house.take("mandrill", request, signing::Verdict::invalid));
  request.headers.add("X-Mandrill-Signature", "bad");
  CHECK_FALSE(house.take("mandrill", request, signing::Verdict::invalid));
  CHECK(house.verification.verdict == signing::Verdict::invalid);

  const provider::Provider& mandrill = **house.catalog.find("mandrill");
  signing::Verification verification;
  verification.verdict = signing::Verdict::invalid;
  request.headers.set("X-Mandrill-Signature", "q1iFfhUSFU7Unr1lnKqKA1TGkbM=");
  CHECK(house.handshakes.begin(&mandrill, request, verification, "https://example.com/hook") != nullptr);
  CHECK(verification.verdict == signing::Verdict::unverified);
  verification.verdict = signing::Verdict::invalid;
  CHECK(house.handshakes.begin(&mandrill, request, verification, "https://example.com/other") == nullptr);
}

TEST_CASE("handshake: an endpoint's own answer is passed on") {
  HandshakeOptions options;
  options.answer = false;
  House house(options);
  CHECK_FALSE(house.take("slack", posted(kSlack), signing::Verdict::valid));
  CHECK(house.notes.last.outcome == Handshake::Outcome::passed_on);
  CHECK_FALSE(house.take("asana", posted("{}", {{"X-Hook-Secret", "s"}})));
  CHECK(house.notes.last.secret_in_use);
}

TEST_CASE("handshake: a subscription is confirmed only when asked to, when valid, and at the provider's own host") {
  House silent;
  CHECK(silent.take("aws-sns", confirmation(kOwnUrl), signing::Verdict::valid)->status == 200);
  CHECK(silent.client.sent.empty());
  CHECK(silent.notes.last.visit == kOwnUrl);
  CHECK_FALSE(silent.notes.last.visited);

  HandshakeOptions options;
  options.visit = true;
  House house(options);
  CHECK(house.take("aws-sns", confirmation(kOwnUrl), signing::Verdict::unverified)->status == 200);
  CHECK(house.client.sent.empty());
  for (const char* url : {"http://sns.eu-west-1.amazonaws.com/?x", "https://sns.eu-west-1.amazonaws.com.evil.example/", "https://sns.eu-west-1.amazonaws.com:8443/",
                                 "https://evil.example/sns.eu-west-1.amazonaws.com", "https://sns.s3.amazonaws.com/", "https://sns.bucket.s3.amazonaws.com/", "https://u@sns.eu-west-1.amazonaws.com/",
                                 "https://sns.eu-west-1.amazonaws.com:443/", "https://@sns.eu-west-1.amazonaws.com/", "https://sns.eu-west-1.amazonaws.com:/",
                                 "https://127.0.0.1/", ""}) {
    INFO(url);
    CHECK(house.take("aws-sns", confirmation(url), signing::Verdict::valid)->status == 200);
    CHECK(house.client.sent.empty());
    CHECK(house.notes.last.visit.empty());
    CHECK(house.notes.last.message.find("must not be opened") != std::string::npos);
  }
  CHECK(house.take("aws-sns", confirmation(kOwnUrl), signing::Verdict::valid)->status == 200);
  REQUIRE(house.client.sent.size() == 1);
  CHECK(house.client.sent[0].head.starts_with("GET /?Action=ConfirmSubscription&Token=t HTTP/1.1\r\n"));
  CHECK(house.client.sent[0].url.host == "sns.eu-west-1.amazonaws.com");
  CHECK(house.notes.last.visited);
  house.client.result = http::SendFailure{http::SendFault::timeout, "late"};
  CHECK(house.take("aws-sns", confirmation(kOwnUrl), signing::Verdict::valid)->status == 200);
  CHECK_FALSE(house.notes.last.visited);
  CHECK(house.notes.last.message == "not confirmed: late");
  http::Request notification = confirmation(kOwnUrl);
  notification.body.replace(notification.body.find("SubscriptionConfirmation"), 24, "Notification");
  CHECK_FALSE(house.take("aws-sns", notification, signing::Verdict::valid));
  CHECK(house.client.sent.size() == 2);
}

TEST_CASE("handshake: what every delivery is answered with") {
  House house;
  const http::Request request = posted("{}");
  CHECK(demanded_answer(*house.catalog.find("adyen"), request)->body == "[accepted]");
  CHECK_FALSE(demanded_answer(*house.catalog.find("stripe"), request));
  CHECK_FALSE(demanded_answer(nullptr, request));
  CHECK(demanded_refusal(*house.catalog.find("xero"), request)->status == 401);
  CHECK(demanded_refusal(*house.catalog.find("xero"), request)->body.empty());
  CHECK_FALSE(demanded_refusal(*house.catalog.find("discord"), request));
}
