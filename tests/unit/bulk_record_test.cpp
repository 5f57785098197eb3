// bulk/record.hpp: the quick reader takes usual lines, and whatever it takes it reads as the careful one does.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/random.hpp"
#include "base/text.hpp"
#include "bulk/record.hpp"

using namespace hookctl;
using namespace hookctl::bulk;

namespace {

std::string text_of(const Record& record) {
  std::string text = "provider " + record.provider + "\nmethod " + record.request.method + " " + record.request.target + "\nurl " +
                     record.url + "\nid " + record.id;
  text += "\nnow " + (record.now ? std::to_string(*record.now) : "none") + "\npublic key " + record.keys.public_key.value_or("none");
  for (const Secret& secret : record.keys.secrets) text.append("\nsecret ").append(secret.reveal());
  for (const http::Header& field : record.request.headers) text += "\n" + field.name + ": " + field.value;
  return text + "\n\n" + record.request.body;
}

// Was the line for the quick reader? Then both read the same.
bool quickly(QuickReader& reader, std::string_view line) {
  static Record record;  // used again, as in a run: nothing of the line before may be left
  if (!reader.read(line, record)) return false;
  const auto careful = read_carefully(line);
  INFO(printable(line));
  REQUIRE(careful);
  REQUIRE(text_of(record) == text_of(*careful));
  return true;
}

// Lines that the quick reader is for.
const std::vector<std::string>& usual_lines() {
  static const std::vector<std::string> lines{
      R"({})",
      R"( { "provider" : "stripe" , "headers" : { "a" : "b" , "c" : [ "d" , "e" ] } , "body" : "x" } )",
      R"({"provider":"stripe","schema":"hookctl.signed_request.v1","method":"PUT","url":"http://a.example/b?c=d","headers":{"Stripe-Signature":"t=1,v1=ab","X":""},"body_base64":"e30="})",
      R"({"headers":[["a","b"],["a","c"],[ "x" , "y\u00e9" ]],"secret":"s","id":"mine"})",
      R"({"secret":"a","secrets":["b","c"],"additional_secrets":["d"],"public_key":"k"})",
      R"({"secret":null,"secrets":null,"headers":null,"now":null,"url":null,"method":null,"body":null,"body_base64":null,"provider":null,"public_key":null,"id":null})",
      R"({"secret":"","method":"","provider":"","public_key":"","body":"","body_base64":"","url":"","headers":{},"secrets":[],"id":""})",
      R"({"body":"{\"id\":\"evt_1\",\"note\":\"a\\nb \u20ac \ud83d\ude00 and more\"}","now":1700000000})",
      R"({"body":"first","body_base64":"c2Vjb25k"})",
      R"({"body_base64":"Zmlyc3Q=","body":"second"})",
      R"({"body_base64":"","body":"second"})",
      R"({"body_base64":null,"body":"second"})",
      R"({"now":1700000000.25,"id":0})",
      R"({"now":0,"id":123456789012345,"more":true,"and":false,"so":null,"on":7,"text":"with \"escapes\" \u0000"})",
      R"({"now":99999999999.999,"id":false})",
      "{\"provider\":\"stripe\"}\r",
      "{\"body\":\"\xE2\x82\xAC \xF0\x9F\x98\x80\",\"id\":\"\xC3\xA9\"}",
      R"({"headers":{"":"empty name","A":"1","a":"2"}})",
  };
  return lines;
}

// Lines that are right or wrong in a way that is the careful reader's business.
const std::vector<std::string>& odd_lines() {
  static const std::vector<std::string> lines{
      "",
      " ",
      "\r",
      "[]",
      "7",
      "null",
      "\"text\"",
      "not json",
      "{",
      "{\"unfinished\":",
      "{\"a\":1,}",
      "{\"a\" 1}",
      "{,}",
      "{}x",
      "{}{}",
      "{}\v",
      "\xEF\xBB\xBF{}",
      R"({"provider":"a","provider":"b"})",
      R"({"more":1,"more":2})",
      R"({"headers":{"a":"1","a":"2"}})",
      R"({"prov\u0069der":"a"})",
      R"({"headers":{"\u0061":"1"}})",
      R"({"more":{"a":[]}})",
      R"({"more":[]})",
      R"({"more":{"a":1,"a":2}})",
      R"({"more":1.5})",
      R"({"more":1e5})",
      R"({"more":1e400})",
      R"({"more":-1})",
      R"({"more":01})",
      R"({"more":1234567890123456})",
      R"({"more":"half a pair \ud83d"})",
      R"({"id":{"a":1}})",
      R"({"id":[1, 2]})",
      R"({"id":1.50})",
      R"({"id":-0})",
      R"({"id":"a\/b\u0041"})",
      R"({"id":007})",
      R"({"id":nul})",
      R"({"id":truex})",
      R"({"now":"today"})",
      R"({"now":1e9})",
      R"({"now":-5})",
      R"({"now":1e300})",
      R"({"now":100000000000})",
      R"({"now":99999999999.9999999999})",
      R"({"now":1.})",
      R"({"now":1.5e3})",
      R"({"now":.5})",
      R"({"now":true})",
      R"({"secret":7})",
      R"({"secrets":["a",7]})",
      R"({"secrets":"b","secret":"a"})",
      R"({"additional_secrets":["c"],"secret":"a","secrets":["b"]})",
      R"({"secret":{"a":"b"}})",
      R"({"public_key":7})",
      R"({"headers":"a: b"})",
      R"({"headers":[["a"]]})",
      R"({"headers":[["a","b","c"]]})",
      R"({"headers":[["a",7]]})",
      R"({"headers":[7]})",
      R"({"headers":{"a":7}})",
      R"({"headers":{"a":null}})",
      R"({"headers":{"a":["b",7]}})",
      R"({"headers":{"a":[["b"]]}})",
      R"({"method":7})",
      R"({"url":[]})",
      R"({"body":7})",
      R"({"body_base64":7})",
      R"({"body_base64":"%%%"})",
      R"({"body_base64":"e30"})",
      R"({"body_base64":"e30=\n"})",
      R"({"body_base64":"e3\u0030="})",
      R"({"body_base64":"e31="})",
      R"({"body_base64":"e30=","body":7})",
      R"({"body_base64":"e30)",
      "{\"body\":\"\xFF\"}",
      "{\"body\":\"a\tb\"}",
      std::string("{\"body\":\"a\0b\"}", 14),
      std::string("{}\0", 3),
  };
  return lines;
}

}  // namespace

TEST_CASE("record: the quick reader takes usual lines") {
  QuickReader reader;
  for (int round = 0; round < 2; ++round) {
    for (const std::string& line : usual_lines()) {
      INFO(line);
      CHECK(quickly(reader, line));
    }
  }
}

TEST_CASE("record: the quick reader takes nothing that the careful one reads otherwise") {
  QuickReader reader;
  std::size_t left = 0;
  for (const std::string& line : odd_lines()) left += quickly(reader, line) ? 0 : 1;
  CHECK(left > odd_lines().size() * 3 / 4);  // or there would be nothing odd about them
  std::string many = "{\"headers\":{";
  for (int i = 0; i < 100; ++i) many += (i == 0 ? "\"h" : ",\"h") + std::to_string(i) + "\":\"v\"";
  CHECK_FALSE(quickly(reader, many + "}}"));
  const auto careful = read_carefully(many + "}}");
  REQUIRE(careful);
  CHECK(careful->request.headers.size() == 100);
  CHECK_FALSE(read_carefully(many + ",\"h7\":\"v\"}}"));
}

TEST_CASE("record: lines with bytes changed, put in, taken out or repeated") {
  SeededRandom random(3);
  QuickReader reader;
  std::vector<std::string> lines = usual_lines();
  lines.insert(lines.end(), odd_lines().begin(), odd_lines().end());
  static constexpr std::string_view kBytes = "\"\"\"\\{}[],:: \t\r0123456789eE.-+truefalsn\x01\x7f\xC3\xA9\xFF=/";
  int taken = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string line = lines[random.next() % lines.size()];
    for (std::uint64_t change = random.next() % 3; change < 3; ++change) {
      const std::size_t at = random.next() % (line.size() + 1);
      const std::size_t length = random.next() % 12;
      switch (random.next() % 4) {
        case 0:
          line.insert(at, 1, kBytes[random.next() % kBytes.size()]);
          break;
        case 1:
          line.erase(at, length % 3 + 1);
          break;
        case 2:
          line.insert(at, line.substr(random.next() % (line.size() + 1), length));
          break;
        default:
          if (at < line.size()) line[at] = kBytes[random.next() % kBytes.size()];
      }
    }
    if (quickly(reader, line)) ++taken;
  }
  CHECK(taken > 1'000);
}

TEST_CASE("record: what is read") {
  const auto record = read_carefully(usual_lines()[2]);
  REQUIRE(record);
  CHECK(
      text_of(*record) ==
      "provider stripe\nmethod PUT /\nurl http://a.example/b?c=d\nid \nnow none\npublic key none\nStripe-Signature: t=1,v1=ab\nX: \n\n{}");
  CHECK(read_carefully("{\"a\":").error().message == "column 6: expected a value, found the end of the text");
}
