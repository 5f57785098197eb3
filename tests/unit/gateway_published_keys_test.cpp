// Fetching the keys that requests name: once for each URL, from pinned hosts only, and what happens when that fails.
#include <doctest/doctest.h>

#include "gateway/published_keys.hpp"

using namespace hookctl;
using namespace hookctl::gateway;

namespace {

// Keeps what it is asked for until the case answers.
class HeldClient final : public http::AsyncClient {
 public:
  void send(http::Outgoing message, std::int64_t, std::function<void(http::SendResult)> done) override {
    sent.push_back(std::move(message));
    waiting.push_back(std::move(done));
  }
  void answer(std::size_t index, int status, std::string body) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    waiting[index](std::move(response));
  }
  std::vector<http::Outgoing> sent;
  std::vector<std::function<void(http::SendResult)>> waiting;
};

signing::Scheme scheme() {
  signing::Scheme scheme{.kind = signing::Kind::rsa};
  scheme.key_source = signing::KeySource{"", signing::Source{signing::Place::header, "X-Cert-Url"}, {"*.paypal.com"}};
  return scheme;
}

http::Request naming(const std::string& url) {
  http::Request request;
  request.headers = {{"X-Cert-Url", url}};
  return request;
}

struct House {
  HeldClient client;
  PublishedKeys keys{client};
  std::vector<std::string> heard;
  void ask(const std::string& url) {
    keys.get(scheme(), naming(url), [this](const Result<std::string>& key) { heard.push_back(key ? *key : "error: " + key.error().message); });
  }
};

}  // namespace

TEST_CASE("published keys: one GET for all who ask, and none for those who ask later") {
  House house;
  house.ask("https://api.paypal.com/certs/1");
  house.ask("https://api.paypal.com/certs/1");
  REQUIRE(house.client.sent.size() == 1);
  CHECK(house.client.sent[0].method == "GET");
  CHECK(house.client.sent[0].url.text() == "https://api.paypal.com/certs/1");
  CHECK(house.client.sent[0].head.starts_with("GET /certs/1 HTTP/1.1\r\n"));
  CHECK(house.heard.empty());
  house.client.answer(0, 200, "KEY");
  CHECK(house.heard == std::vector<std::string>{"KEY", "KEY"});
  house.ask("https://api.paypal.com/certs/1");
  CHECK(house.client.sent.size() == 1);
  CHECK(house.heard.size() == 3);
}

TEST_CASE("published keys: nothing is asked of a host that is not the provider's") {
  House house;
  for (const char* url : {"https://api.paypal.com.evil.example/c", "http://api.paypal.com/c", "https://api.paypal.com:8443/c", "https://u@api.paypal.com/c", "https://127.0.0.1/c", ""}) house.ask(url);
  CHECK(house.client.sent.empty());
  REQUIRE(house.heard.size() == 6);
  for (const std::string& words : house.heard) CHECK(words.starts_with("error: "));
}

TEST_CASE("published keys: a failure is told and not remembered") {
  House house;
  house.ask("https://api.paypal.com/c");
  house.client.answer(0, 302, "elsewhere");
  house.ask("https://api.paypal.com/c");
  house.client.waiting[1](http::SendFailure{http::SendFault::timeout, "no complete answer within 10 s"});
  house.ask("https://api.paypal.com/c");
  house.client.answer(2, 200, "");
  house.ask("https://api.paypal.com/c");
  house.client.answer(3, 200, "KEY");
  REQUIRE(house.heard.size() == 4);
  CHECK(house.heard[0] == "error: the key at https://api.paypal.com/c could not be fetched: it answered 302");
  CHECK(house.heard[1].ends_with("no complete answer within 10 s"));
  CHECK(house.heard[2].ends_with("the answer has 0 bytes"));
  CHECK(house.heard[3] == "KEY");
}

TEST_CASE("published keys: a stranger cannot make it ask for many at a time, nor keep many") {
  House house;
  for (int i = 0; i < 20; ++i) house.ask("https://api.paypal.com/" + std::to_string(i));
  CHECK(house.client.sent.size() == 16);
  REQUIRE(house.heard.size() == 4);
  CHECK(house.heard[0] == "error: too many keys are being fetched at a time");
  for (std::size_t i = 0; i < 16; ++i) house.client.answer(i, 200, "KEY");
  for (int i = 0; i < 64; ++i) {
    house.ask("https://api.paypal.com/new" + std::to_string(i));
    house.client.answer(house.client.waiting.size() - 1, 200, "KEY");
  }
  const std::size_t sent = house.client.sent.size();
  house.ask("https://api.paypal.com/0");
  CHECK(house.client.sent.size() == sent + 1);
}
