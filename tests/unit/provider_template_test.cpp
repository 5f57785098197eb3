// Templates of provider files and the places they read in a request.
#include <doctest/doctest.h>

#include "provider/template.hpp"

using namespace hookctl;
using namespace hookctl::provider;

namespace {

std::optional<std::string> shout(std::string_view name) {
  if (name == "none") return std::nullopt;
  return "<" + std::string(name) + ">";
}

}  // namespace

TEST_CASE("templates: names are replaced, braces that open none stay") {
  CHECK(expand("", shout) == "");
  CHECK(expand("plain", shout) == "plain");
  CHECK(expand("a{b}c{d:e}", shout) == "a<b>c<d:e>");
  CHECK(expand("{a}{b}", shout) == "<a><b>");
  CHECK(expand("{}", shout) == "{}");
  CHECK(expand("{ a}", shout) == "{ a}");
  CHECK(expand("open {", shout) == "open {");
  CHECK(expand("open {x", shout) == "open {x");
  CHECK(expand("}", shout) == "}");
  CHECK(expand("a{none}b", shout) == std::nullopt);
}

TEST_CASE("request values: json, header and form places") {
  http::Request request;
  request.headers = {{"X-Topic", "orders/create"}, {"X-Empty", ""}};
  request.body = R"({"type":"a.b","data":{"n":7,"list":[{"id":"x"}]},"null":null})";
  CHECK(request_value(request, "json:type") == "a.b");
  CHECK(request_value(request, "json:data.n") == "7");
  CHECK(request_value(request, "json:data.list[0].id") == "x");
  CHECK(request_value(request, "json:null") == std::nullopt);
  CHECK(request_value(request, "json:data") == std::nullopt);
  CHECK(request_value(request, "json:[") == std::nullopt);
  CHECK(request_value(request, "header:x-topic") == "orders/create");
  CHECK(request_value(request, "header:X-Empty") == "");
  CHECK(request_value(request, "header:X-None") == std::nullopt);
  CHECK(request_value(request, "unknown") == std::nullopt);
  CHECK(request_value(request, "form:type") == std::nullopt);
  request.body = "not json {";
  CHECK(request_value(request, "json:type") == std::nullopt);
}

TEST_CASE("form values: the first of a key, decoded") {
  CHECK(form_value("a=1&b=2&a=3", "a") == "1");
  CHECK(form_value("a+b=c%2Bd+e", "a b") == "c+d e");
  CHECK(form_value("a", "a") == "");
  CHECK(form_value("a=", "a") == "");
  CHECK(form_value("a==b", "a") == "=b");
  CHECK(form_value("%61=x", "a") == "x");
  CHECK(form_value("", "a") == std::nullopt);
  CHECK(form_value("ab=1", "a") == std::nullopt);
}

TEST_CASE("template faults: what nothing will ever fill, and what is only text") {
  using enum TemplateUse;
  for (const char* good : {"", "plain", "{event_type}", "{event_type:head}/{event_type:tail}", "{event_id}", "{unix}{unix_ms}{iso}{iso_ms}{uuid}", "{alnum:24}-{hex:8}-{digits:1}", "{}", "{ x}", "{\"a\":1}"}) {
    CAPTURE(std::string(good));
    CHECK(template_fault(good, compose) == std::nullopt);
  }
  for (const char* bad : {"{foo}", "a{unixms}", "{alnum}", "{alnum:}", "{alnum:0}", "{alnum:x}", "{alnum:1025}", "{json:a}", "{header:X}", "{event_type:tial}"}) {
    CAPTURE(std::string(bad));
    CHECK(template_fault(bad, compose).has_value());
  }
  CHECK(template_fault("{event_id}", new_id).has_value());
  CHECK(template_fault("evt_{alnum:24}", new_id) == std::nullopt);
  for (const char* good : {"{json:a.b[0]}", "{header:X-A}.{form:k}", "text"}) CHECK(template_fault(good, read) == std::nullopt);
  for (const char* bad : {"{json:}", "{json:a[}", "{header:}", "{form:}", "{event_id}", "{\"a\"}"}) CHECK(template_fault(bad, read).has_value());
  CHECK(*template_fault("{unixms}", compose) == "'{unixms}' is not known (did you mean '{unix_ms}'?)");
}
