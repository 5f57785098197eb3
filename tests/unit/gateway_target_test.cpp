// Where a request goes, and the URL its sender saw.
#include <doctest/doctest.h>

#include "gateway/receiver.hpp"

using namespace hookctl;
using namespace hookctl::gateway;

TEST_CASE("forward target: the endpoint's own path with the received query, or the received target") {
  struct Case {
    const char* endpoint;
    const char* received;
    const char* target;
  };
  for (const Case& each : {
           Case{"3000", "/in?x=%2f&y", "/in?x=%2f&y"},
           Case{"3000", "/", "/"},
           Case{"3000", "*", "*"},
           Case{"3000", "http://h:1/in?x", "/in?x"},
           Case{"3000", "http://h", "/"},
           Case{"3000", "http://h?x=1", "/?x=1"},
           Case{"3000/", "/in", "/"},
           Case{"3000/hook", "/in", "/hook"},
           Case{"3000/hook", "/in?x=1", "/hook?x=1"},
           Case{"3000/hook?k=v", "/in?x=1", "/hook?k=v&x=1"},
           Case{"3000?k=v", "/in", "/?k=v"},
           Case{"3000/hook", "/in?to=http://other/", "/hook?to=http://other/"},
           Case{"3000", "/in?to=http://other/", "/in?to=http://other/"},
       }) {
    CAPTURE(std::string(each.endpoint));
    CAPTURE(std::string(each.received));
    CHECK(forward_target(*http::parse_url(each.endpoint), each.received) == each.target);
  }
}

TEST_CASE("seen url: the public URL whole when it has a path, otherwise with the received target") {
  http::Request request;
  request.target = "/in?x=1";
  request.headers = {{"Host", "h:4400"}};
  CHECK(seen_url("", request) == "http://h:4400/in?x=1");
  CHECK(seen_url("https://p.example", request) == "https://p.example/in?x=1");
  CHECK(seen_url("https://p.example/", request) == "https://p.example/in?x=1");
  CHECK(seen_url("https://p.example/hooks", request) == "https://p.example/hooks?x=1");
  CHECK(seen_url("https://p.example/hooks?own=1", request) == "https://p.example/hooks?own=1");
  request.headers = {};
  CHECK(seen_url("", request) == "http://localhost/in?x=1");
}
