// base/text.hpp: case, trimming, numbers with units, nearest words, safe printing, UTF-8, globs.
#include <doctest/doctest.h>

#include "base/text.hpp"

using namespace hookctl;

TEST_CASE("text: case and trimming") {
  CHECK(lower("Content-TYPE Ä") == "content-type Ä");
  CHECK(same_ignoring_case("X-Hub-Signature", "x-hub-SIGNATURE"));
  CHECK_FALSE(same_ignoring_case("a", "ab"));
  CHECK_FALSE(same_ignoring_case("[", "{"));
  CHECK(trim_blanks(" \ta b\r\n ") == "a b\r\n");
  CHECK(trim(" \r\n\ta b\r\n ") == "a b");
  CHECK(trim(" \t ").empty());
}

TEST_CASE("text: split and join") {
  CHECK(split("", ",") == std::vector<std::string_view>{""});
  CHECK(split("a,,b,", ",") == std::vector<std::string_view>{"a", "", "b", ""});
  CHECK(split("a\r\nb", "\r\n") == std::vector<std::string_view>{"a", "b"});
  CHECK(split("ab", "") == std::vector<std::string_view>{"ab"});
  CHECK(join({"a", "", "b"}, ", ") == "a, , b");
  CHECK(join({}, ",").empty());
}

TEST_CASE("text: whole and decimal numbers") {
  CHECK(parse_unsigned("18446744073709551615") == 18446744073709551615ULL);
  for (const auto* text : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "0x1", "1.0"}) CHECK_FALSE(parse_unsigned(text));
  CHECK(parse_signed("-9223372036854775808") == INT64_MIN);
  for (const auto* text : {"", "-", "--1", "+1", "9223372036854775808", "1a"}) CHECK_FALSE(parse_signed(text));
  CHECK(parse_decimal("0.5") == 0.5);
  CHECK(parse_decimal("-12") == -12.0);
  for (const auto* text : {"", "-", ".", ".5", "5.", "1e3", "inf", "nan", "1.2.3", " 1", "0x1"}) CHECK_FALSE(parse_decimal(text));
  CHECK_FALSE(parse_decimal(std::string(400, '9')));
}

TEST_CASE("text: durations and sizes") {
  CHECK(parse_duration_ms("250ms") == 250);
  CHECK(parse_duration_ms("10s") == 10'000);
  CHECK(parse_duration_ms("0.5") == 500);
  CHECK(parse_duration_ms("1.5h") == 5'400'000);
  CHECK(parse_duration_ms("5m") == 300'000);
  CHECK(parse_duration_ms("1d") == 86'400'000);
  for (const auto* text : {"", "s", "-1s", "1 s", "1S", "1w", "1ss", "1e3", "99999999999999999999d"}) CHECK_FALSE(parse_duration_ms(text));
  CHECK(parse_size("1024") == 1024);
  CHECK(parse_size("64kb") == 65'536);
  CHECK(parse_size("25MB") == 26'214'400);
  CHECK(parse_size("1gB") == 1'073'741'824);
  for (const auto* text : {"", "kb", "-1", "1.5mb", "1tb", "17179869184gb", "1 kb"}) CHECK_FALSE(parse_size(text));
}

TEST_CASE("text: durations for people") {
  CHECK(duration_text(0) == "0 ms");
  CHECK(duration_text(15) == "15 ms");
  CHECK(duration_text(999) == "999 ms");
  CHECK(duration_text(1000) == "1 s");
  CHECK(duration_text(2'450) == "2.4 s");
  CHECK(duration_text(59'999) == "59.9 s");
  CHECK(duration_text(90'000) == "1.5 m");
  CHECK(duration_text(12 * 60'000) == "12 m");
  CHECK(duration_text(3 * 3'600'000) == "3 h");
  CHECK(duration_text(5 * 86'400'000) == "5 d");
  CHECK(duration_text(-1500) == "-1.5 s");
  CHECK(duration_text(INT64_MIN).starts_with("-106751991167"));
}

TEST_CASE("text: the nearest word") {
  const std::vector<std::string> providers{"stripe", "github", "gitlab", "slack", "shopify", "paypal", "zoom"};
  CHECK(nearest("strip", providers) == "stripe");
  CHECK(nearest("strpie", providers) == "stripe");
  CHECK(nearest("gihub", providers) == "github");
  CHECK(nearest("GitHub", providers) == "github");
  CHECK(nearest("hte", {"the"}) == "the");
  CHECK(nearest("pay", providers) == "paypal");
  for (const auto* word : {"zzz", "", "x", "somethingelse"}) CHECK_FALSE(nearest(word, providers));
  CHECK_FALSE(nearest("stripe", {}));
  CHECK_FALSE(nearest(std::string(100'000, 'a'), {std::string(100'000, 'b')}));

  const std::vector<std::string> events{"charge.failed",           "customer.subscription.created", "invoice.paid",
                                        "payment_intent.created",  "payment_intent.canceled",       "payment_intent.payment_failed",
                                        "payment_intent.succeeded"};
  CHECK(nearest("payment_intent.failed", events) == "payment_intent.payment_failed");
  CHECK(nearest("payment_intent.suceeded", events) == "payment_intent.succeeded");
  CHECK(nearest("subscription.created", events) == "customer.subscription.created");
  CHECK(nearest("invoice.piad", events) == "invoice.paid");
  CHECK(nearest("failed", events) == "charge.failed");
  CHECK_FALSE(nearest("zzz", events));
}

TEST_CASE("text: printable leaves nothing that moves a cursor") {
  CHECK(printable("plain ä € 😀") == "plain ä € 😀");
  CHECK(printable("\x1b[31m\a\x7f") == "\\x1b[31m\\x07\\x7f");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(printable("a\n\tb\r") == "a\\x0a\\x09b\\x0d");
  CHECK(printable("a\n\tb\r", true) == "a\n\tb\\x0d");
  CHECK(printable("\xC2\x9B") == "\\u{009b}");
  CHECK(printable("\u202E\u2066\u200B\uFEFF\u2028\U000E0041") == "\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{2028}\\u{e0041}");
  CHECK(printable("\xFF\xC3") == "\\xff\\xc3");
  CHECK(printable("\xED\xA0\x80") == "\\xed\\xa0\\x80");
}

TEST_CASE("text: well-formed UTF-8 (RFC 3629)") {
  for (const auto* text : {"", "a", "ä", "€", "😀", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) CHECK(is_utf8(text));
  for (const auto* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xE2\x28\xA1", "a\xFFz"}) {
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("text: globs") {
  CHECK(matches_glob("payment_intent.created", "payment_intent.*"));
  CHECK(matches_glob("a", "?"));
  CHECK(matches_glob("", "*"));
  CHECK(matches_glob("abcabd", "*ab?"));
  CHECK(matches_glob("abc", "a**c"));
  CHECK_FALSE(matches_glob("", "?"));
  CHECK_FALSE(matches_glob("abc", "ab"));
  CHECK_FALSE(matches_glob("ab", "abc"));
  CHECK_FALSE(matches_glob("abcx", "*abc"));
  std::string stars;
  for (int i = 0; i < 50; ++i) stars += "*a";
  CHECK_FALSE(matches_glob(std::string(2000, 'a'), stars + "b"));
}
