#include "check/evidence.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "http/codec.hpp"
#include "http/outgoing.hpp"

namespace hookctl::check {

namespace {

constexpr std::size_t kRequestShown = 64 * 1024;
constexpr std::size_t kShortestSecret = 4;
constexpr std::size_t kRun = 12;  // so many bytes of a secret are no chance
constexpr std::size_t kDiffLines = 40;
constexpr std::size_t kValueShown = 160;

void add_secret(const std::string& text, std::vector<std::string>& out) {
  if (text.size() >= kShortestSecret) out.push_back(text);
}

// Every form of a secret that might stand somewhere.
std::vector<std::string> secret_forms(const Subject& subject) {
  std::vector<std::string> forms;
  const auto add_bytes = [&](const std::string& bytes) {
    std::string upper = to_hex(bytes);
    for (char& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
    for (const std::string& form : {bytes, to_hex(bytes), upper, to_base64(bytes), to_base64url(bytes), percent_encode(bytes)}) add_secret(form, forms);
  };
  for (const Secret& secret : subject.keys.secrets) {
    add_bytes(std::string(secret.reveal()));
    auto decoded = signing::decode_secret(secret, signing_way(*subject.provider));
    if (!decoded) continue;
    for (const std::string& bytes : *decoded) {
      if (bytes.size() >= 8) add_bytes(bytes);
    }
  }
  if (subject.keys.private_key) add_secret(std::string(subject.keys.private_key->reveal()), forms);
  add_secret(subject.verify_token, forms);
  return forms;
}

// Marks what of `text` is a secret: a short form as a whole, of a long one every run of kRun bytes.
std::vector<bool> secret_bytes(const std::vector<std::string>& forms, const std::string& text) {
  std::vector<bool> marked(text.size(), false);
  const auto mark = [&](std::size_t at, std::size_t size) { std::fill_n(marked.begin() + static_cast<std::ptrdiff_t>(at), size, true); };
  std::unordered_set<std::string_view> runs;
  for (const std::string& form : forms) {
    for (std::size_t i = 0; i + kRun <= form.size(); ++i) runs.insert(std::string_view(form).substr(i, kRun));
    for (std::size_t at = 0; form.size() < kRun && (at = text.find(form, at)) != std::string::npos; at += form.size()) mark(at, form.size());
  }
  for (std::size_t at = 0; !runs.empty() && at + kRun <= text.size(); ++at) {
    if (runs.contains(std::string_view(text).substr(at, kRun))) mark(at, kRun);
  }
  return marked;
}

std::string shortened(std::string_view text) {
  return text.size() <= kValueShown ? std::string(text) : std::string(text.substr(0, kValueShown)) + "… (" + std::to_string(text.size()) + " bytes)";
}

using Leaves = std::map<std::string, std::string>;

// Every value of a JSON document that holds no other, by its path.
void flatten(const nlohmann::ordered_json& value, const std::string& path, Leaves& out) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, member] : value.items()) flatten(member, path.empty() ? key : path + "." + key, out);
  } else if (value.is_array() && !value.empty()) {
    for (std::size_t i = 0; i < value.size(); ++i) flatten(value[i], path + "[" + std::to_string(i) + "]", out);
  } else {
    out[path] = to_text(value);
  }
}

std::optional<Leaves> leaves_of(const std::string& body) {
  auto json = parse_json(body, "body", {.depth = 64, .duplicate_keys = false});
  if (!json) return std::nullopt;
  Leaves out;
  flatten(*json, "", out);
  return out;
}

void diff_leaves(const Leaves& plain, const Leaves& odd, const std::vector<provider::FreshPlace>& fresh, std::vector<std::string>& lines) {
  const auto is_fresh = [&](const std::string& path) {
    return std::any_of(fresh.begin(), fresh.end(), [&](const provider::FreshPlace& place) { return place.path == path; });
  };
  for (const auto& [path, value] : plain) {
    const auto other = odd.find(path);
    if (other == odd.end()) lines.push_back("- " + path + ": " + shortened(value));
    if (other == odd.end() || other->second == value || is_fresh(path)) continue;
    lines.push_back("- " + path + ": " + shortened(value));
    lines.push_back("+ " + path + ": " + shortened(other->second));
  }
  for (const auto& [path, value] : odd) {
    if (!plain.contains(path)) lines.push_back("+ " + path + ": " + shortened(value));
  }
}

// The part in which two texts differ, with a few bytes around it.
void diff_bytes(std::string_view plain, std::string_view odd, std::vector<std::string>& lines) {
  if (plain == odd) return;
  const auto first = std::mismatch(plain.begin(), plain.end(), odd.begin(), odd.end());
  const auto from = static_cast<std::size_t>(first.first - plain.begin());
  std::size_t tail = 0;
  while (tail < plain.size() - from && tail < odd.size() - from && plain[plain.size() - 1 - tail] == odd[odd.size() - 1 - tail]) ++tail;
  const std::size_t begin = from < 20 ? 0 : from - 20;
  lines.push_back("- body at byte " + std::to_string(from) + ": " + shortened(plain.substr(begin, plain.size() - tail - begin)));
  lines.push_back("+ body at byte " + std::to_string(from) + ": " + shortened(odd.substr(begin, odd.size() - tail - begin)));
}

// Does the provider make up the field's value each time ("GitHub-Hookshot/{hex:7}")?
bool is_made_up(const provider::Provider& provider, std::string_view name) {
  const auto value = provider.headers.find(name);
  constexpr std::string_view kDrawn[] = {"{hex:", "{alnum:", "{digits:", "{uuid}"};
  return value && std::any_of(std::begin(kDrawn), std::end(kDrawn), [&](std::string_view drawn) { return value->find(drawn) != std::string_view::npos; });
}

// `usual` is a field whose other value follows from another body: the right signature.
void diff_heads(const provider::Provider& provider, const http::Request& plain, const http::Request& odd, std::string_view usual, std::vector<std::string>& lines) {
  const auto start = [](const http::Request& request) { return request.method + " " + request.target; };
  if (start(plain) != start(odd)) {
    lines.push_back("- " + start(plain));
    lines.push_back("+ " + shortened(start(odd)));
  }
  const auto more = [&](const http::Headers& here, const http::Headers& there, const char* mark) {
    for (const http::Header& field : here) {
      if (!usual.empty() && same_ignoring_case(field.name, usual)) continue;
      if (is_made_up(provider, field.name) && there.has(field.name)) continue;
      if (std::count(there.begin(), there.end(), field) < std::count(here.begin(), here.end(), field)) lines.push_back(mark + field.name + ": " + shortened(field.value));
    }
  };
  more(plain.headers, odd.headers, "- ");
  more(odd.headers, plain.headers, "+ ");
}

void diff_wire(const WireStyle& wire, std::vector<std::string>& lines) {
  if (wire.chunked) lines.emplace_back("+ Transfer-Encoding: chunked");
  if (wire.segments > 1) lines.push_back("+ the body in " + std::to_string(wire.segments) + " pieces, " + duration_text(wire.pause_ms) + " apart");
  if (wire.expect_continue) lines.emplace_back("+ Expect: 100-continue");
  if (wire.header_case != WireStyle::Case::kept) lines.emplace_back("+ names of fields in another case");
  if (wire.declared) lines.push_back("+ Content-Length: " + std::to_string(*wire.declared));
  if (wire.break_after) lines.push_back("+ broken off after " + std::to_string(*wire.break_after) + " bytes of the body");
  if (wire.no_answer) lines.emplace_back("+ the sender goes away before the answer");
  if (wire.pipelined) lines.emplace_back("+ on the same connection, without waiting for the answer before");
}

bool is_plain(const WireStyle& wire) {
  return !wire.chunked && wire.segments == 1 && !wire.expect_continue && wire.header_case == WireStyle::Case::kept && !wire.declared && !wire.break_after &&
         !wire.no_answer && !wire.pipelined && !wire.bytes;
}

}  // namespace

std::string redacted(const Subject& subject, std::string text) {
  const std::vector<bool> secret = secret_bytes(secret_forms(subject), text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!secret[i]) out.push_back(text[i]);
    else if (i == 0 || !secret[i - 1]) out += "[redacted]";
  }
  return out;
}

report::Exchange exchange_of(const Subject& subject, const Shot& shot, std::string label) {
  report::Exchange out;
  out.label = std::move(label);
  out.event = shot.made.event;
  out.event_id = shot.made.event_id;
  const std::string& bytes = shot.step.wire.bytes ? *shot.step.wire.bytes : shot.bytes;
  out.request = redacted(subject, bytes.substr(0, kRequestShown));
  out.request_size = bytes.size();
  if (shot.answer) {
    out.status = shot.status();
    out.answer = redacted(subject, (shot.answer->raw_head.empty() ? http::write_head(*shot.answer) : shot.answer->raw_head + "\r\n") + shot.answer->body.substr(0, kRequestShown));
  }
  if (shot.failure) out.failure = shot.failure->message;
  out.duration_ms = shot.duration_ms;
  return out;
}

std::string diff_of(Bench& bench, const Shot& shot) {
  const Subject& subject = bench.subject();
  SeededRandom random(1);
  Step plain_step;
  plain_step.event = shot.made.event;
  plain_step.id = shot.made.event_id;
  auto plain = make(subject, plain_step, bench.stranger(), shot.sent_at, random);
  if (!plain) return "";
  std::vector<std::string> lines;
  const Signing& signing = shot.step.signing;
  const bool rightly = shot.step.tampers.empty() && signing.sign && signing.keys.size() == 1 && signing.keys.front().which == SigningKey::Which::right && signing.shift_ms == 0 && !signing.timestamp;
  diff_heads(*subject.provider, plain->request, shot.made.request, rightly ? signing_way(*subject.provider).signature.from.name : std::string(), lines);
  const auto before = leaves_of(plain->request.body);
  const auto after = leaves_of(shot.made.request.body);
  const std::size_t head_lines = lines.size();
  if (before && after) diff_leaves(*before, *after, subject.provider->fresh, lines);
  if (lines.size() == head_lines && (!after || !before || plain->request.body.size() != shot.made.request.body.size())) diff_bytes(plain->request.body, shot.made.request.body, lines);
  diff_wire(shot.step.wire, lines);
  std::string out;
  for (std::size_t i = 0; i < lines.size() && i < kDiffLines; ++i) out += lines[i] + "\n";
  if (lines.size() > kDiffLines) out += "  … " + std::to_string(lines.size() - kDiffLines) + " more\n";
  return redacted(subject, out);
}

std::string curl_of(const Subject& subject, const Shot& shot) {
  if (!is_plain(shot.step.wire)) return "";
  return redacted(subject, http::as_curl(http::outgoing_message(shot.made.url, shot.made.request), shot.made.request));
}

report::Finding finding_of(Bench& bench, const report::Rule& rule, const Fault& fault) {
  const Subject& subject = bench.subject();
  report::Finding out;
  out.rule = rule.id;
  out.severity = fault.severity.value_or(rule.severity);
  out.summary = redacted(subject, fault.summary);
  out.expected = redacted(subject, fault.expected);
  out.seen = redacted(subject, fault.seen);
  out.remedies = rule.remedies;
  if (fault.trigger < fault.shots.size()) {
    const Shot& trigger = fault.shots[fault.trigger];
    out.event = trigger.made.event;
    out.diff = diff_of(bench, trigger);
    if (fault.shots.size() == 1) out.curl = curl_of(subject, trigger);
  }
  for (std::size_t i = 0; i < fault.shots.size(); ++i) {
    const std::string label = i == fault.trigger ? "the trigger" : i < fault.trigger ? "before it" : "after it";
    out.exchanges.push_back(exchange_of(subject, fault.shots[i], label));
  }
  out.fingerprint = report::fingerprint({rule.id, subject.provider->id, out.event, fault.case_name, fault.place});
  return out;
}

}  // namespace hookctl::check
