// Form and multipart bodies as signatures see them.
#include <doctest/doctest.h>

#include "signing/form.hpp"
#include "signing/multipart.hpp"

using namespace hookctl::signing;

TEST_CASE("a form is split, decoded and kept in order") {
  const auto fields = parse_form("b=2&a=x+y%26&&c&=v&d=1=2");
  REQUIRE(fields.size() == 5);
  CHECK(fields[0] == std::pair<std::string, std::string>("b", "2"));
  CHECK(fields[1].second == "x y&");
  CHECK(fields[2] == std::pair<std::string, std::string>("c", ""));
  CHECK(fields[3].first.empty());
  CHECK(fields[4].second == "1=2");
  CHECK(parse_form("").empty());
}

TEST_CASE("sorted forms put upper case first and, for Twilio, count a value once") {
  CHECK(sorted_form("b=1&B=2&a=3&_x=4&b=0") == "B2_x4a3b1b0");
  CHECK(sorted_unique_form("b=2&a=1&a=3&a=1") == "a1a3b2");
}

TEST_CASE("a part of a multipart body is found by name") {
  const std::string body =
      "--XX\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nno\r\n"
      "--XX\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: application/json\r\n\r\n{\"a\":\r\n1}\r\n--XX--\r\n";
  CHECK(multipart_part("multipart/form-data; boundary=XX", body, "json") == "{\"a\":\r\n1}");
  CHECK(multipart_part("multipart/form-data; Boundary=\"XX\"", body, "other") == "no");
  CHECK_FALSE(multipart_part("multipart/form-data; boundary=XX", body, "none"));
  CHECK_FALSE(multipart_part("application/json", body, "json"));
  CHECK_FALSE(multipart_part("multipart/form-data; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=json\r\n\r\ncut", "json"));
}

TEST_CASE("a part that is there twice is not there") {
  const std::string part = "--X\r\nContent-Disposition: form-data; name=\"j\"\r\n\r\nv\r\n", other = "--X\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\nw\r\n";
  CHECK(multipart_part("multipart/form-data; boundary=X", part + other + "--X--", "j") == "v");
  CHECK_FALSE(multipart_part("multipart/form-data; boundary=X", part + part + "--X--", "j"));
  CHECK_FALSE(multipart_part("multipart/form-data; boundary=X", part + other + part + "--X--", "j"));
}

TEST_CASE("broken multipart bodies have no parts and do no harm") {
  const std::string body = "--X\r\nContent-Disposition: form-data; name=\"j\"\r\n\r\nv\r\n--X--";
  for (std::size_t cut = 0; cut <= body.size(); ++cut) {
    const auto part = multipart_part("multipart/form-data; boundary=X", std::string_view(body).substr(0, cut), "j");
    CHECK((!part || *part == "v"));
  }
}
