// Which URL keys may be fetched from: pinned hosts, and everything that only looks like one.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "signing/key_source.hpp"
#include "signing/scheme_json.hpp"

using namespace hookctl;
using namespace hookctl::signing;

namespace {

Scheme scheme_of(const char* json) { return parse_scheme(nlohmann::ordered_json::parse(json), "scheme").value(); }

const char* const kPaypal = R"({"kind": "rsa", "hash": "sha256", "signed": "{id}|{timestamp}|{secret}|{body:crc32}", "id": {"from": "header:I"},
  "key": {"encoding": "pem_cert", "url_from": "header:PAYPAL-CERT-URL", "hosts": ["*.paypal.com"]},
  "signature": {"from": "header:S", "encoding": "base64"}, "timestamp": {"from": "header:T", "unit": "iso8601"}})";

Result<std::string> paypal_url(const char* url) {
  http::Request request;
  request.headers = {{"Paypal-Cert-Url", url}};
  return key_url(scheme_of(kPaypal), request);
}

}  // namespace

TEST_CASE("a URL in the request is used when its host is pinned") {
  CHECK(paypal_url("https://api.paypal.com/v1/certs/CERT-1").value() == "https://api.paypal.com/v1/certs/CERT-1");
  CHECK(paypal_url("https://API.Sandbox.PayPal.com/x").ok());
  for (const char* url : {"http://api.paypal.com/x", "https://paypal.com/x", "https://evilpaypal.com/x", "https://api.paypal.com.evil.example/x", "https://evil.example/api.paypal.com", "https://api.paypal.com@evil.example/x",
                          "https://api.paypal.com:444/x", "https://api.paypal.com:443/x", "https://api.paypal.com:0443", "https://u@api.paypal.com/x", "api.paypal.com/x", "//api.paypal.com/x", "https:api.paypal.com", "https://evil.example#.paypal.com", "https://evil.example\\.paypal.com/", "https://.paypal.com/x",
                          "https://a..paypal.com/x", "https://a_b.paypal.com/x", "https://[::1].paypal.com/", "file:///x.paypal.com", "https://xn--.\xd0\xbf.paypal.com/", "", " https://api.paypal.com/"}) {
    const auto refused = paypal_url(url);
    CHECK_MESSAGE(!refused, url);
    if (!refused) CHECK(refused.error().kind == ErrorKind::usage);
  }
  CHECK(paypal_url("https://evil.example/x").error().message.find("'evil.example'") != std::string::npos);
  CHECK(key_url(scheme_of(kPaypal), {}).error().message.find("PAYPAL-CERT-URL") != std::string::npos);
}

TEST_CASE("'*' inside a host is exactly one label") {
  const std::vector<std::string> hosts{"sns.*.amazonaws.com"};
  CHECK(check_key_url("https://sns.us-east-1.amazonaws.com/x.pem", hosts));
  CHECK_FALSE(check_key_url("https://sns.amazonaws.com/x.pem", hosts));
  CHECK_FALSE(check_key_url("https://sns.a.b.amazonaws.com/x.pem", hosts));
  CHECK_FALSE(check_key_url("https://x.sns.us-east-1.amazonaws.com/x.pem", hosts));
  CHECK_FALSE(check_key_url("https://sns.us-east-1.amazonaws.com/x.pem", {}));
}

TEST_CASE("a fixed URL needs no request, and a canonicaliser brings its own") {
  const Scheme google = scheme_of(R"({"kind": "jwt", "token": "header:Authorization", "algs": ["RS256"], "key": {"encoding": "jwks", "url": "https://www.googleapis.com/oauth2/v3/certs"}})");
  CHECK(key_url(google, {}).value() == "https://www.googleapis.com/oauth2/v3/certs");
  CHECK(google.key_source->hosts == std::vector<std::string>{"www.googleapis.com"});
  http::Request sns;
  sns.body = R"({"SigningCertURL":"https://sns.eu-west-1.amazonaws.com/a.pem"})";
  CHECK(key_url(scheme_of(R"({"kind": "code", "code": "aws_sns"})"), sns).value() == "https://sns.eu-west-1.amazonaws.com/a.pem");
  sns.body = R"({"SigningCertURL":"https://evil.example/a.pem"})";
  CHECK_FALSE(key_url(scheme_of(R"({"kind": "code", "code": "aws_sns"})"), sns));
  CHECK_FALSE(key_url(scheme_of(R"({"kind": "token", "signature": {"from": "header:X"}})"), {}));
}
