#include "bulk/answer.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace hookctl::bulk {

namespace {

bool is_plain(char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; }

void append_text(std::string& out, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out.append("\"").append(text).append("\"");
  } else {
    out += to_text(nlohmann::ordered_json(text));
  }
}

void append_text_or_null(std::string& out, std::string_view name, std::string_view text) {
  out.append(name);
  if (text.empty())
    out.append("null");
  else
    append_text(out, text);
}

template <typename Number>
void append_number(std::string& out, Number number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

template <typename Number>
void append_number_or_null(std::string& out, std::string_view name, const std::optional<Number>& number) {
  out.append(name);
  if (number)
    append_number(out, *number);
  else
    out.append("null");
}

void append_end(std::string& out, std::uint64_t line) {
  out.append(",\"line\":");
  append_number(out, line);
  out.append("}\n");
}

}  // namespace

void append_answer(std::string& out, std::string_view provider, const signing::Verification& verification, std::string_view id,
                   std::uint64_t line) {
  append_text_or_null(out, "{\"schema\":\"hookctl.verification.v1\",\"provider\":", provider);
  out.append(",\"valid\":").append(verification.verdict == signing::Verdict::valid ? "true" : "false");
  out.append(",\"verdict\":\"").append(to_text(verification.verdict)).append("\"");
  append_text_or_null(out, ",\"code\":", verification.code);
  append_text_or_null(out, ",\"message\":", verification.message);
  append_text_or_null(out, ",\"remedy\":", verification.remedy);
  append_text_or_null(out, ",\"id\":", verification.claim.id);
  append_text_or_null(out, ",\"timestamp\":", verification.claim.timestamp);
  append_number_or_null(out, ",\"age_ms\":", verification.age_ms);
  out.append(",\"signatures\":[");
  for (const std::string& signature : verification.claim.signatures) {
    if (&signature != &verification.claim.signatures.front()) out.append(",");
    append_text(out, signature);
  }
  append_number_or_null(out, "],\"secret_index\":", verification.secret_index);
  if (!id.empty()) out.append(",\"record_id\":").append(id);
  append_end(out, line);
}

void append_error(std::string& out, const Error& error, std::uint64_t line) {
  out.append(R"({"schema":"hookctl.verification.v1","valid":false,"verdict":"error","code":"bad_record","message":)");
  append_text(out, error.message);
  if (!error.hint.empty()) {
    out.append(",\"remedy\":");
    append_text(out, error.hint);
  }
  append_end(out, line);
}

}  // namespace hookctl::bulk
