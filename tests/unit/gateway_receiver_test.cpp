// The conductor with everything around it played by the test, but the journal, which is real.
#include <doctest/doctest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <tuple>

#include "gateway/receiver.hpp"
#include "signing/sign.hpp"
#include "store_scratch.hpp"

using namespace hookctl;
using namespace hookctl::gateway;

namespace {

constexpr UnixMs kNow = 1'769'860'800'000;

// Runs what was posted when the test says so, on the test's thread: the loop.
class TestLoop final : public http::Scheduler {
 public:
  void post(std::function<void()> work) override {
    {
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
    }
    arrived_.notify_one();
  }
  void after(std::int64_t delay_ms, std::function<void()> work) override {
    delays.push_back(delay_ms);
    post(std::move(work));
  }
  // Runs work until `done` holds; false when nothing comes for ten seconds.
  bool run_until(const std::function<bool()>& done) {
    while (!done()) {
      std::unique_lock lock(mutex_);
      if (!arrived_.wait_for(lock, std::chrono::seconds(10), [this] { return !work_.empty(); })) return false;
      auto work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      work();
    }
    return true;
  }
  std::vector<std::int64_t> delays;

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> work_;
};

class TestClient final : public http::AsyncClient {
 public:
  explicit TestClient(http::Scheduler& loop) : loop_(loop) {}
  void send(http::Outgoing message, std::int64_t timeout_ms, std::function<void(http::SendResult)> done) override {
    sent.push_back(std::move(message));
    timeouts.push_back(timeout_ms);
    loop_.post([done = std::move(done), result = results.empty() ? http::SendResult() : results[std::min(sent.size(), results.size()) - 1]] { done(result); });
  }
  std::vector<http::Outgoing> sent;
  std::vector<std::int64_t> timeouts;
  std::vector<http::SendResult> results;

 private:
  http::Scheduler& loop_;
};

class TestExchange final : public http::Exchange {
 public:
  TestExchange(http::Request request, std::vector<http::Response>& answers) : request_(std::move(request)), answers_(answers) {}
  const http::Request& request() const override { return request_; }
  const std::string& remote() const override { return remote_; }
  void answer(http::Response response) override { answers_.push_back(std::move(response)); }

 private:
  http::Request request_;
  std::string remote_{"127.0.0.1:50000"};
  std::vector<http::Response>& answers_;
};

struct Notes final : Observer {
  void arrived(const Arrival& arrival) override {
    lines.push_back("arrived " + arrival.provider + " " + arrival.event_type + " " + arrival.event_id + " " + std::string(to_text(arrival.verification.verdict)) + " " +
                    arrival.verification.code);
  }
  void answered(const Answer& answer) override {
    const auto* response = std::get_if<http::Response>(&answer.result);
    const std::string result = response != nullptr ? std::to_string(response->status) : std::string(fault_name(std::get<http::SendFailure>(answer.result).fault));
    lines.push_back("answered " + result + " " + answer.target + " " + answer.path + (answer.given_to_sender ? "" : " aside"));
  }
  void finished(const Arrival&, std::optional<int> status) override {
    lines.push_back("finished " + std::to_string(status.value_or(-1)));
    ++finishes;
  }
  void refused(const http::Refusal& refusal, const std::string& remote) override { lines.push_back("refused " + refusal.code + " " + remote); }
  void not_kept(const std::string& reason) override {
    lines.push_back("not kept " + reason);
    ++finishes;
  }
  std::vector<std::string> lines;
  std::size_t finishes{0};
};

// Everything that a receiver needs, in one place.
struct House {
  explicit House(ReceiverOptions options, std::size_t queue_bytes = std::size_t{256} << 20) : client(loop) {
    store::JournalOptions journal_options;
    journal_options.post = [this](std::function<void()> work) { loop.post(std::move(work)); };
    journal_options.queue_bytes = queue_bytes;
    auto opened = store::Journal::open(folder / "journal.db", store::OpenMode::read_write, journal_options);
    REQUIRE(opened);
    journal = *std::move(opened);
    if (options.provider != nullptr) options.provider = *catalog.find(options.provider->id);
    auto made = Receiver::create(std::move(options), {catalog, *journal, client, loop, clock, notes});
    if (!made) FAIL(made.error().message);
    receiver = *std::move(made);
  }

  http::Response take(http::Request request) {
    const std::size_t before = notes.finishes;
    receiver->handle(std::make_shared<TestExchange>(std::move(request), answers));
    REQUIRE(loop.run_until([&] { return notes.finishes > before; }));
    REQUIRE_FALSE(answers.empty());
    return answers.back();
  }
  store::StoredRequest last() {
    journal->flush();
    auto request = journal->last();
    REQUIRE(request);
    REQUIRE(request->has_value());
    return **request;
  }

  store::ScratchFolder folder;
  TestLoop loop;
  TestClient client;
  provider::Catalog catalog;
  FixedClock clock{kNow};
  Notes notes;
  std::vector<http::Response> answers;
  std::unique_ptr<store::Journal> journal;
  std::unique_ptr<Receiver> receiver;
};

// A provider of the test's own catalog; House finds its twin in its own by id.
const provider::Provider* known(const std::string& id) {
  static provider::Catalog catalog;
  return *catalog.find(id);
}

signing::Keys secret(const std::string& text) {
  signing::Keys keys;
  keys.secrets.push_back(Secret(text));
  return keys;
}

http::Request as_received(http::Request request) {
  request.headers.set("Host", "public.example");
  http::set_content_length(request);
  auto parsed = std::get<http::Request>(http::parse_request_head(http::write_head(request), http::Limits{}));
  parsed.body = request.body;
  return parsed;
}

http::Request stripe_event(const std::string& key = "whsec_test", UnixMs signed_at = kNow) {
  http::Request request;
  request.target = "/in?x=1";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = R"({"id":"evt_1","type":"invoice.paid","data":{}})";
  auto done = signing::sign(known("stripe")->scheme, secret(key), request, {"", signed_at, ""});
  REQUIRE(done);
  return as_received(std::move(done->request));
}

http::SendResult endpoint_says(int status, const std::string& body) {
  http::Response response;
  response.status = status;
  response.body = body;
  response.raw_head = "HTTP/1.1 " + std::to_string(status) + " Own words\r\nX-Own: 1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return response;
}

ReceiverOptions verifying(const std::vector<std::string>& targets = {}) {
  ReceiverOptions options;
  options.listener = "127.0.0.1:4400";
  options.provider = known("stripe");
  options.keys = secret("whsec_test");
  for (const std::string& target : targets) options.targets.push_back(*http::parse_url(target));
  return options;
}

bool has_line(const House& house, const std::string& line) {
  for (const std::string& each : house.notes.lines) {
    if (each == line) return true;
  }
  for (const std::string& each : house.notes.lines) MESSAGE(each);
  return false;
}

}  // namespace

TEST_CASE("receiver: valid, kept before anything else, forwarded byte for byte, the endpoint's answer given back") {
  House house(verifying({"3000/hook"}));
  house.client.results = {endpoint_says(418, "tea")};
  const http::Request request = stripe_event();
  const http::Response answer = house.take(request);
  CHECK(answer.status == 418);
  CHECK(answer.body == "tea");
  CHECK(answer.raw_head.find("X-Own: 1") != std::string::npos);
  REQUIRE(house.client.sent.size() == 1);
  CHECK(house.client.sent[0].head == http::forward_head(request, "/hook?x=1", "localhost:3000"));
  CHECK(house.client.sent[0].body == request.body);
  CHECK(house.client.timeouts[0] == 30'000);
  CHECK(house.notes.lines == std::vector<std::string>{"arrived stripe invoice.paid evt_1 valid ", "answered 418 http://localhost:3000/hook /hook?x=1", "finished 418"});
  const auto kept = house.last();
  CHECK(kept.received.raw_head == request.raw_head);
  CHECK(kept.received.body == request.body);
  CHECK(kept.received.target == "/in?x=1");
  CHECK(kept.received.received_at == kNow);
  CHECK(kept.received.provider == "stripe");
  CHECK(kept.received.verdict == "valid");
  CHECK(kept.received.listener == "127.0.0.1:4400");
  REQUIRE(kept.attempts.size() == 1);
  CHECK(kept.attempts[0].status == 418);
  CHECK(kept.attempts[0].url == "http://localhost:3000/hook");
  CHECK(kept.attempts[0].response_body == "tea");
}

TEST_CASE("receiver: a wrong signature is kept and answered 401 with the reason; the endpoint hears nothing") {
  House house(verifying({"3000"}));
  for (const auto& [request, told, code] : {std::tuple{stripe_event("whsec_other"), "signature_mismatch", "wrong_secret"},
                                            std::tuple{stripe_event("whsec_test", kNow - 3'600'000), "timestamp_too_old", "timestamp_too_old"}}) {
    const http::Response answer = house.take(request);
    CHECK(answer.status == 401);
    CHECK(answer.body.find("\"error\":\"invalid_signature\"") != std::string::npos);
    CHECK(answer.body.find(told) != std::string::npos);
    CHECK(answer.body.find("\"request\":\"req_") != std::string::npos);
    CHECK(answer.body.find("whsec_") == std::string::npos);
    CHECK(house.last().received.verdict == "invalid");
    CHECK(house.last().received.code == code);
  }
  CHECK(house.client.sent.empty());
}

TEST_CASE("receiver: a diagnosis is kept, told to the observer and to a sender on this machine, but not to a stranger") {
  House house(verifying());
  http::Request changed = stripe_event("whsec_test");
  changed.body += "\n";
  changed.headers.set("Host", "127.0.0.1:4400");
  const http::Response told = house.take(changed);
  CHECK(told.body.find("\"code\":\"body_newline\",\"cause\":\"the signature is over the body without its last line end") != std::string::npos);
  CHECK(told.body.find("\"confidence\":\"certain\"}") != std::string::npos);
  CHECK(told.headers.find("Content-Length") == std::to_string(told.body.size()));
  CHECK(house.last().received.code == "body_newline");
  changed.headers.set("X-Forwarded-For", "203.0.113.9");
  CHECK(house.take(changed).body.find("body_newline") == std::string::npos);
  CHECK(house.last().received.code == "body_newline");
}

TEST_CASE("receiver: invalid requests are forwarded when that was asked for") {
  ReceiverOptions options = verifying({"3000"});
  options.invalid = InvalidPolicy::forward;
  House house(options);
  house.client.results = {endpoint_says(200, "")};
  CHECK(house.take(stripe_event("whsec_other")).status == 200);
  CHECK(house.client.sent.size() == 1);
  CHECK(house.last().received.verdict == "invalid");
}

TEST_CASE("receiver: rotation, any of several secrets holds") {
  ReceiverOptions options = verifying();
  options.keys.secrets.insert(options.keys.secrets.begin(), Secret("whsec_new"));
  House house(options);
  CHECK(house.take(stripe_event("whsec_test")).status == 200);
  CHECK(house.take(stripe_event("whsec_new")).status == 200);
  CHECK(house.take(stripe_event("whsec_old")).status == 401);
}

TEST_CASE("receiver: without a target the mock answers, after its delay") {
  ReceiverOptions options = verifying();
  options.mock = {202, R"({"ok":true})", 250};
  House house(options);
  const http::Response answer = house.take(stripe_event());
  CHECK(answer.status == 202);
  CHECK(answer.body == R"({"ok":true})");
  CHECK(answer.headers.find("Content-Type") == "application/json");
  CHECK(house.loop.delays == std::vector<std::int64_t>{250});
  // Our own answer is kept too, as an attempt that went nowhere.
  REQUIRE(house.last().attempts.size() == 1);
  CHECK(house.last().attempts[0].status == 202);
  CHECK(house.last().attempts[0].url.empty());
}

TEST_CASE("receiver: an endpoint that cannot be reached is 502 with a reason, one that is late 504, and nothing is lost") {
  House house(verifying({"3000"}));
  house.client.results = {http::SendFailure{http::SendFault::unreachable, "connection refused by 127.0.0.1:3000"}, http::SendFailure{http::SendFault::timeout, "no complete answer within 30 s"}};
  const http::Response refused = house.take(stripe_event());
  CHECK(refused.status == 502);
  CHECK(refused.body.find("\"error\":\"endpoint_unreachable\"") != std::string::npos);
  CHECK(refused.body.find("connection refused by 127.0.0.1:3000") != std::string::npos);
  CHECK(refused.body.find("\"request\":\"req_1\"") != std::string::npos);
  REQUIRE(house.last().attempts.size() == 1);
  CHECK(house.last().attempts[0].error == "unreachable: connection refused by 127.0.0.1:3000");
  CHECK_FALSE(house.last().attempts[0].status.has_value());
  CHECK(house.take(stripe_event()).status == 504);
}

TEST_CASE("receiver: several targets all hear it, the first one's answer is the sender's") {
  House house(verifying({"3000/a", "3001/b"}));
  house.client.results = {endpoint_says(201, "first"), endpoint_says(500, "second")};
  CHECK(house.take(stripe_event()).body == "first");
  CHECK(house.answers.size() == 1);
  CHECK(house.client.sent.size() == 2);
  CHECK(has_line(house, "answered 500 http://localhost:3001/b /b?x=1 aside"));
  CHECK(house.notes.lines.back() == "finished 201");
  CHECK(house.last().attempts.size() == 2);
}

TEST_CASE("receiver: without a provider it is recognised by its headers; without a secret nothing is verified") {
  ReceiverOptions options;
  House house(options);
  CHECK(house.take(stripe_event()).status == 200);
  CHECK(house.notes.lines.front() == "arrived stripe invoice.paid evt_1 unverified no_secret");
  http::Request unknown;
  unknown.body = "\0\xff";
  CHECK(house.take(as_received(unknown)).status == 200);
  CHECK(has_line(house, "arrived    unverified no_secret"));
}

TEST_CASE("receiver: with a secret and no provider, recognised ones are verified and others are invalid") {
  ReceiverOptions options;
  options.keys = secret("whsec_test");
  House house(options);
  CHECK(house.take(stripe_event()).status == 200);
  CHECK(house.take(stripe_event("whsec_other")).status == 401);
  const http::Response answer = house.take(as_received(http::Request{}));
  CHECK(answer.status == 401);
  CHECK(answer.body.find("missing_header") != std::string::npos);
}

TEST_CASE("receiver: a secret that is none of the recognised provider's form is told as such") {
  ReceiverOptions options;
  options.keys = secret("whsec_!!! no base64");
  House house(options);
  http::Request request;
  request.headers = {{"svix-id", "m"}, {"svix-timestamp", "1"}, {"svix-signature", "v1,x"}};
  const http::Response answer = house.take(as_received(request));
  CHECK(answer.status == 401);
  CHECK(answer.body.find("secret_form") != std::string::npos);
}

TEST_CASE("receiver: keys that do not fit the provider are refused at the start") {
  House house(ReceiverOptions{});
  ReceiverOptions options;
  options.provider = known("svix");
  options.keys = secret("whsec_!!! no base64");
  const auto receiver = Receiver::create(options, {house.catalog, *house.journal, house.client, house.loop, house.clock, house.notes});
  REQUIRE_FALSE(receiver);
  CHECK(receiver.error().kind == ErrorKind::usage);
}

TEST_CASE("receiver: what cannot be kept is answered 503 and goes nowhere") {
  House house(verifying({"3000"}));
  auto read_only = store::Journal::open(house.folder / "journal.db", store::OpenMode::read_only);
  REQUIRE(read_only);
  ReceiverOptions options;
  options.targets = {*http::parse_url("3000")};
  auto receiver = Receiver::create(options, {house.catalog, **read_only, house.client, house.loop, house.clock, house.notes});
  REQUIRE(receiver);
  house.receiver = *std::move(receiver);
  const http::Response answer = house.take(stripe_event());
  CHECK(answer.status == 503);
  CHECK(answer.body.find("\"error\":\"not_kept\"") != std::string::npos);
  CHECK(house.client.sent.empty());
  CHECK(house.notes.lines.back().starts_with("not kept "));
  house.receiver.reset();
}

TEST_CASE("receiver: chunked requests are kept and forwarded as they came") {
  House house(verifying({"3000"}));
  ReceiverOptions plain;
  plain.targets = {*http::parse_url("3000")};
  House open(plain);
  open.client.results = {endpoint_says(200, "")};
  auto request = std::get<http::Request>(http::parse_request_head("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", http::Limits{}));
  request.raw_body = "3;x\r\nabc\r\n0\r\nT: 1\r\n\r\n";
  request.body = "abc";
  open.take(request);
  CHECK(open.client.sent.at(0).body == request.raw_body);
  CHECK(open.last().received.raw_body == request.raw_body);
  CHECK(open.last().received.body == "abc");
}

TEST_CASE("receiver: refused messages are told to the observer") {
  House house(ReceiverOptions{});
  house.receiver->refused({400, "two_hosts", "more than one Host field"}, "GET /", "127.0.0.1:1");
  CHECK(house.notes.lines == std::vector<std::string>{"refused two_hosts 127.0.0.1:1"});
}
