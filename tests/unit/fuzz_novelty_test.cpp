// fuzz/novelty.hpp: the same code line gives the same template whatever the event was, two code lines differ; and what makes a reaction
// new.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/random.hpp"
#include "fuzz/novelty.hpp"

using namespace hookctl;
using namespace hookctl::fuzz;

namespace {

struct Row {
  std::string line;
  std::string wanted;
};

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(log_template(row.line) == row.wanted);
  }
}

// Every line of each group comes from one line of code; groups differ.
void check_groups(const std::vector<std::vector<std::string>>& groups) {
  std::vector<std::string> seen;
  for (const auto& group : groups) {
    const std::string first = log_template(group.front());
    for (const std::string& line : group) {
      INFO(line);
      CHECK(log_template(line) == first);
    }
    INFO(first);
    CHECK(std::find(seen.begin(), seen.end(), first) == seen.end());
    seen.push_back(first);
  }
}

Reaction plain() {
  Reaction made;
  made.status = 200;
  made.shape = "2xx text/plain ok";
  made.fields = "content-type";
  made.duration_ms = 10;
  made.log = {"received evt_#", "done in #"};
  return made;
}

}  // namespace

TEST_CASE("log template: numbers, ids, times, addresses and quoted texts go, words stay") {
  check_rows({
      {"", ""},
      {"listening on 3000", "listening on #"},
      {"received evt_1Nabc from cus_NffrFeUfNV2Hib", "received evt_# from cus_#"},
      {"pi_3MtwBwLkdIwHu7ix28a3tqPa failed", "pi_# failed"},
      {"key sk_test_4eC39HqLyjWDarjtT1zdp7dc", "key sk_test_#"},
      {"delivery 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0 seen, req_deadbeef-cafe-babe-feed-aaaaaaaaaaaa too", "delivery # seen, req_# too"},
      {"sha 3f2a9c1e5b7d got 0x7fffdeadbeef", "sha # got #"},
      {"signature v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= is wrong", "signature v# is wrong"},
      {"2026-01-31T12:00:00.123Z INFO up", "# INFO up"},
      {"2026-01-31T12:00:00+01:00 INFO up", "# INFO up"},
      {"[2026-01-31 12:00:00 +0000] up", "[# # #] up"},
      {"from 127.0.0.1:54321", "from #"},
      {"from ::ffff:127.0.0.1 and [::1]:3000 and fe80::1ff:fe23", "from # and [#]:# and #"},
      {"amount -1 or 1e-7 or 0.25 or 10,000", "amount # or # or # or #"},
      {"took 1.2s, 12.5ms, 300\xC2\xB5s", "took #, #, #"},
      {"unknown type \"in\\\"voice.paid\" and 'x y'", "unknown type \"\" and ''"},
      {"it's the user's fault, can't go on", "it's the user's fault, can't go on"},
      {"sha256 utf8 is HTTP/1.1", "sha# utf# is HTTP/#"},
      {"TypeError ReferenceError handlePaymentIntentFailed", "TypeError ReferenceError handlePaymentIntentFailed"},
      {"token aBcDeFgHiJkLmN", "token #"},
      {"Zahlung \xC3\xBC"
       "berf\xC3\xA4llig \xF0\x9F\x98\x80",
       "Zahlung # #"},
      {"\x1b[32mGET\x1b[0m\t /x   ok\r", "GET /x ok"},
      {"got { id: 'evt_1', n: [1, 2] } here", "got {} here"},
      {"ids [1, 2, 3] [\"a\"] [info] {", "ids [] [] [info] {"},
      {"Foo::Bar#baz failed", "Foo::Bar#baz failed"},
      {"open \" quote", "open \" quote"},
  });
}

TEST_CASE("log template: express and pino") {
  check_groups({
      {"POST /webhooks/stripe 200 12.345 ms - 15", "POST /webhooks/stripe 500 3 ms - 1024",
       "\x1b[0mPOST /webhooks/stripe \x1b[32m200\x1b[0m 1.2 ms - 7\x1b[0m"},
      {R"({"level":30,"time":1531171074631,"pid":657,"hostname":"a","msg":"received evt_1Nabc"})",
       R"({"level":30,"time":1531171999999,"pid":7,"hostname":"b2","reqId":"x","msg":"received evt_9Zzz"})"},
      {R"({"level":50,"time":1531171074631,"pid":657,"hostname":"a","msg":"received evt_1Nabc"})"},
      {R"({"level":30,"time":1,"pid":657,"hostname":"a","msg":"duplicate evt_1Nabc"})"},
      {R"({"level":30,"time":1,"req":{"id":1,"method":"POST","url":"/","headers":{"host":"x","a":"1"},"remotePort":5},"res":{"statusCode":200,"headers":{}},"responseTime":3,"msg":"request completed"})",
       R"({"level":30,"time":22,"req":{"id":12,"method":"POST","url":"/","headers":{"host":"x"},"remotePort":51234},"res":{"statusCode":200,"headers":{"x":"y"}},"responseTime":31,"msg":"request completed"})"},
      {R"x({"level":50,"time":1,"err":{"type":"TypeError","message":"Cannot read properties of null (reading 'id')","stack":"TypeError: Cannot read\n    at handler (/srv/app/server.js:42:13)\n    at next (/srv/app/x.js:1:1)"},"msg":"boom"})x",
       R"x({"level":50,"time":2,"err":{"type":"TypeError","message":"Cannot read properties of null (reading 'name')","stack":"TypeError: Cannot\n    at handler (/srv/app/server.js:42:13)"},"msg":"boom"})x"},
      {R"x({"level":50,"time":1,"err":{"type":"TypeError","message":"Cannot read properties of null (reading 'id')","stack":"TypeError: Cannot read\n    at handler (/srv/app/server.js:58:3)"},"msg":"boom"})x"},
      {"    at handler (/srv/app/server.js:42:13)", "    at handler (/srv/x/srv/app/server.js:42:13)"},
      {"    at handler (/srv/app/server.js:42:14)"},
      {"    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"},
      {"    at process.processTicksAndRejections (node:internal/process/task_queues:96:5)"},
      {"    at file:///srv/app/main.mjs:7:9"},
      {"TypeError: Cannot read properties of undefined (reading 'email')",
       "TypeError: Cannot read properties of undefined (reading 'a b')"},
  });
  CHECK(log_template("    at handler (/srv/app/server.js:42:13)") == "at handler (app/server.js:42:13)");
}

TEST_CASE("log template: Python") {
  check_groups({
      {R"(  File "/srv/app/main.py", line 42, in receive)", R"(  File "/opt/srv/app/main.py", line 42, in receive)"},
      {R"(  File "/srv/app/main.py", line 43, in receive)"},
      {R"(  File "<frozen runpy>", line 88, in _run_code)"},
      {"Traceback (most recent call last):"},
      {"KeyError: 'customer'", "KeyError: 'data'"},
      {"ValueError: invalid literal for int() with base 10: '1e400'", "ValueError: invalid literal for int() with base 10: ''"},
      {"INFO:     127.0.0.1:51234 - \"POST /webhooks HTTP/1.1\" 200 OK", "INFO:     127.0.0.1:3 - \"POST /webhooks/ HTTP/1.1\" 200 OK"},
      {"2026-01-31 12:00:00,123 - app - INFO - event evt_1 stored", "2026-12-01 09:10:11,004 - app - INFO - event evt_2bC stored"},
      {"payload {'id': 'evt_1', 'n': 1} for b'abc'", "payload {'id': None} for b'\\x00'"},
      {R"({"event": "stored evt_1", "level": "info", "timestamp": "2026-01-31T12:00:00Z"})",
       R"({"event": "stored evt_2", "level": "info", "timestamp": ""})"},
      {R"({"levelname": "ERROR", "message": "failed", "exc_info": "Traceback (most recent call last):\n  File \"/a/routing.py\", line 1, in x\n  File \"/a/b/main.py\", line 9, in y\nKeyError: 'a'"})"},
      {R"({"levelname": "ERROR", "message": "failed", "exc_info": "Traceback (most recent call last):\n  File \"/a/routing.py\", line 1, in x\n  File \"/a/b/main.py\", line 8, in y\nKeyError: 'a'"})"},
  });
}

TEST_CASE("log template: Go") {
  check_groups({
      {"2026/01/31 12:00:00 main.go:42: received evt_1Nabc", "2026/02/01 12:00:01 main.go:42: received evt_7"},
      {"2026/01/31 12:00:00 main.go:43: received evt_1Nabc"},
      {"panic: runtime error: index out of range [3] with length 2", "panic: runtime error: index out of range [12] with length 0"},
      {"goroutine 34 [running]:", "goroutine 1234 [running]:"},
      {"main.handle({0x7f2c1c, 0xc0000a4000}, 0xc00012e000)", "main.handle({0x1, 0xc0}, 0xc00012e0a8)"},
      {"\t/srv/app/main.go:42 +0x1d4", "\t/srv/app/main.go:42 +0x1"},
      {"\t/srv/app/main.go:47 +0x1d4"},
      {R"(time=2026-01-31T12:00:00.000Z level=INFO msg="event stored" id=evt_1Nabc n=-3)",
       R"(time=2026-01-31T12:00:00.12+01:00 level=INFO msg="event stored" id=evt_2b n=3)"},
      {R"({"level":"error","ts":1706702400.1,"caller":"app/main.go:42","msg":"failed","id":"evt_1"})",
       R"({"level":"error","ts":1,"caller":"app/main.go:42","msg":"failed"})"},
      {R"({"level":"error","ts":1706702400.1,"caller":"app/main.go:50","msg":"failed","id":"evt_1"})"},
      {R"({"time":"2026","level":"ERROR","source":{"function":"main.f","file":"/a/main.go","line":7},"msg":"failed"})"},
      {R"({"time":"2026","level":"ERROR","source":{"function":"main.f","file":"/a/main.go","line":8},"msg":"failed"})"},
  });
}

TEST_CASE("log template: Rails") {
  check_groups({
      {R"(Started POST "/webhooks" for 127.0.0.1 at 2026-01-31 12:00:00 +0000)",
       R"(Started POST "/webhooks/" for ::1 at 2026-11-30 01:02:03 -0500)"},
      {R"(I, [2026-01-31T12:00:00.123456 #1234]  INFO -- : [0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0] Processing by WebhooksController#create as JSON)",
       R"(I, [2026-01-31T12:00:09.000001 #7]  INFO -- : [ffffffff-4f50-6172-8394-aaaaaaaaaaaa] Processing by WebhooksController#create as JSON)"},
      {R"(  Parameters: {"id"=>"evt_1", "data"=>{"object"=>{"x"=>[1, nil]}}})", R"(  Parameters: {"id"=>"evt_2"})", R"(  Parameters: {})"},
      {"Completed 500 Internal Server Error in 5ms (ActiveRecord: 0.0ms | Allocations: 1234)",
       "Completed 500 Internal Server Error in 1200ms (ActiveRecord: 3.1ms | Allocations: 9)"},
      {"NoMethodError (undefined method `[]' for nil:NilClass):"},
      {"app/controllers/webhooks_controller.rb:12:in `create'"},
      {"app/controllers/webhooks_controller.rb:15:in `create'"},
      {"app/controllers/webhooks_controller.rb:15:in 'Array#each'"},
  });
}

TEST_CASE("log template: other stacks") {
  check_groups({
      {"\tat com.example.Hook.receive(Hook.java:42)"},
      {"\tat com.example.Hook.receive(Hook.java:43)"},
      {"#0 /srv/app/index.php(42): receive()"},
      {"#0 /srv/app/index.php(43): receive()"},
      {"PHP Fatal error:  Uncaught TypeError in /srv/app/index.php on line 42"},
      {"PHP Fatal error:  Uncaught TypeError in /srv/app/index.php on line 44"},
      {"   at Hook.Receive(String id) in /srv/app/Hook.cs:line 42"},
      {"   at Hook.Receive(String id) in /srv/app/Hook.cs:line 43"},
      {"thread 'main' panicked at src/main.rs:42:13:", "thread 'tokio-runtime-worker' panicked at src/main.rs:42:13:"},
      {"    (app 0.1.0) lib/app/web.ex:12: App.Web.receive/2"},
  });
}

TEST_CASE("log template: short, printable, and nothing makes it stumble") {
  CHECK(log_template(std::string(100'000, 'x')).size() == 160);
  CHECK(log_template(std::string(100'000, '[')).size() == 160);
  CHECK(log_template("{\"level\":30,\"msg\":\"" + std::string(50'000, 'y') + "\"}").size() <= 160);
  CHECK(log_template("{\"a\":1,\"b\":{}}") == "{a; b}");
  CHECK(log_template("{}") == "{}");
  CHECK(log_template(std::string(100'000, '{') + std::string(100'000, '}')).size() <= 160);
  SeededRandom random(7);
  constexpr std::string_view kLetters = "a1_-:./'\"[]{}(),\\ \x1b\n\xC3=+#Z9";
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = random_text(random, kLetters, random.next() % 60);
    const std::string made = log_template(line);
    const bool sound = made.size() <= 160 && std::all_of(made.begin(), made.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    INFO(line);
    if (!sound) FAIL(made);
  }
}

TEST_CASE("novelty: a key is 32 hex digits, and knows status, shape, fields, latency class and lines") {
  const std::string key = novelty_key(plain(), 1'000);
  CHECK(key.size() == 32);
  CHECK(key.find_first_not_of("0123456789abcdef") == std::string::npos);
  std::vector<Reaction> others(6, plain());
  others[0].status = 201;
  others[1].shape = "2xx text/plain no";
  others[2].fields = "content-type,x-error";
  others[3].duration_ms = 501;
  others[4].duration_ms = 1'001;
  others[5].log.push_back("new line");
  std::set<std::string> keys{key};
  for (const Reaction& each : others) keys.insert(novelty_key(each, 1'000));
  CHECK(keys.size() == 7);
}

TEST_CASE("novelty: order and repeats of lines, and a little more time, are no news") {
  const std::string key = novelty_key(plain(), 1'000);
  Reaction other = plain();
  std::reverse(other.log.begin(), other.log.end());
  other.log.push_back(other.log.front());
  other.duration_ms = 499;
  CHECK(novelty_key(other, 1'000) == key);
  Novelty novelty;
  CHECK(novelty.see(key));
  CHECK_FALSE(novelty.see(key));
  CHECK(novelty.size() == 1);
}

TEST_CASE("novelty: parts cannot pass for others") {
  Reaction one = plain();
  one.log = {"a", "b"};
  Reaction two = plain();
  two.log = {"ab"};
  CHECK(novelty_key(one, 1'000) != novelty_key(two, 1'000));
  one.log = {};
  one.shape = "x";
  one.fields = "y";
  two.log = {};
  two.shape = "xy";
  two.fields = "";
  CHECK(novelty_key(one, 1'000) != novelty_key(two, 1'000));
}

TEST_CASE("novelty: names of fields, without those that come and go") {
  const http::Headers headers{{"X-Powered-By", "Express"}, {"Date", "x"},       {"content-length", "3"}, {"Content-Type", "a"},
                              {"Set-Cookie", "a"},         {"set-cookie", "b"}, {"X-Request-Id", "1"}};
  CHECK(header_set(headers) == "content-type,set-cookie,x-powered-by");
  CHECK(header_set({}).empty());
}
