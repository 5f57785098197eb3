// Rules about events without a signature that come another way: with another content type, method, path, or a broken body.
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "check/forgery.hpp"
#include "check/rules_signature.hpp"

namespace hookctl::check {

namespace {

using Cases = Result<std::vector<Case>>;
using Op = Tamper::Op;

constexpr const char* kMissing = "signature/missing";

Step unsigned_step(std::vector<Tamper> tampers = {}) {
  Step step;
  step.signing.sign = false;
  step.tampers = std::move(tampers);
  return step;
}

// --- content types and bodies --------------------------------------------------------------------------------------------------------

Cases content_type(Bench& bench) {
  constexpr std::array<std::string_view, 3> kTypes{"text/plain", "application/x-www-form-urlencoded", "APPLICATION/JSON"};
  auto plain = capture(bench, unsigned_step());
  if (!plain) return plain.error();
  const std::string own(plain->request.headers.find("Content-Type").value_or(""));
  std::vector<Case> cases;
  for (const std::string_view type : kTypes) {
    if (own == type) continue;
    cases.push_back(forgery("an unsigned event as " + std::string(type),
                            unsigned_step({{.op = Op::set_header, .name = "Content-Type", .text = std::string(type)}})));
  }
  cases.push_back(forgery("an unsigned event without a content type", unsigned_step({{.op = Op::remove_header, .name = "Content-Type"}})));
  return forgeries(bench, std::move(cases));
}

Cases malformed(Bench& bench) {
  auto plain = capture(bench, unsigned_step());
  if (!plain) return plain.error();
  const std::string& body = plain->request.body;
  Step half = unsigned_step();
  half.body = body.substr(0, body.size() / 2);
  Case one = forgery("an unsigned event of which half the body is missing", std::move(half));
  one.control = true;
  return forgeries(bench, {std::move(one)});
}

// --- methods and paths ---------------------------------------------------------------------------------------------------------------

// A forgery, and the same without anything in it: an endpoint that answers both alike says nothing of the event.
struct Detour {
  Case wanted;
  Step nothing;
};

// Only the probe's word that an event had its effect is beyond doubt.
bool is_sure(const Shot& shot, const Played& played) { return played.effects && played.effects->has_ids && !shot.made.event_id.empty(); }

// Other methods and paths may lead anywhere: only what is taken for an event is a fault, whatever else comes back.
Result<Outcome> try_detour(Bench& bench, const Detour& detour) {
  Outcome out;
  auto played = bench.play(detour.wanted);
  if (!played) return played.error();
  const Shot& shot = played->shots.front();
  if (!is_accepted(bench, shot, *played)) return out;
  if (!is_sure(shot, *played)) {
    Step step = detour.nothing;
    step.expect = Expect::anything;
    auto nothing = bench.deliver(step);
    if (!nothing) return nothing.error();
    if (nothing->success() && shape_of(*nothing->answer) == shape_of(*shot.answer)) {
      out.remark = detour.wanted.name + ": answered " + std::to_string(shot.status()) + ", as is a request without an event";
      return out;
    }
  }
  out.fault = judge(bench, detour.wanted, *played);
  return out;
}

using Detours = Result<std::vector<Detour>> (*)(Bench&);

Result<Outcome> only_detour(Bench& bench, Detours detours, std::size_t index) {
  auto all = detours(bench);
  if (!all) return all.error();
  return index < all->size() ? try_detour(bench, (*all)[index]) : Result<Outcome>(Outcome{});
}

Result<Outcome> try_detours(Bench& bench, Detours detours) {
  auto all = detours(bench);
  if (!all) return all.error();
  Outcome out;
  for (std::size_t i = 0; i < all->size() && !bench.out_of_time(); ++i) {
    auto done = try_detour(bench, (*all)[i]);
    if (!done) return done.error();
    if (!done->remark.empty()) out.remark = done->remark;
    if (!done->fault) continue;
    out.fault = std::move(done->fault);
    out.again = [detours, i](Bench& again) { return only_detour(again, detours, i); };
    break;
  }
  return out;
}

// Leaves out what is no forgery; `usage` when that is all of it.
Result<std::vector<Detour>> forged(Bench& bench, std::vector<Detour> detours) {
  std::vector<Detour> out;
  Error why = usage_error("there is nothing to forge");
  for (Detour& detour : detours) {
    auto fits = forgeries(bench, {detour.wanted});
    if (fits)
      out.push_back(std::move(detour));
    else
      why = fits.error();
  }
  if (out.empty()) return why;
  return out;
}

Result<std::vector<Detour>> methods(Bench& bench) {
  std::vector<Detour> out;
  const auto add = [&](std::string name, Tamper tamper) {
    Step nothing = unsigned_step({tamper});
    nothing.body = "";
    out.push_back({forgery(std::move(name), unsigned_step({std::move(tamper)})), std::move(nothing)});
  };
  for (const std::string method : {"PUT", "GET"}) {
    if (method != bench.subject().provider->method) add("an unsigned event by " + method, {.op = Op::set_method, .text = method});
  }
  add("an unsigned event with X-HTTP-Method-Override", {.op = Op::set_header, .name = "X-HTTP-Method-Override", .text = "PUT"});
  return forged(bench, std::move(out));
}

// The path with every letter in upper case, and with its last one percent-encoded; as it is where it has none.
std::string in_upper_case(std::string path) {
  for (char& c : path) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return path;
}
std::string percent_encoded(const std::string& path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (std::size_t i = path.size(); i-- > 0;) {
    const auto byte = static_cast<unsigned char>(path[i]);
    const bool escape = i >= 2 && (path[i - 1] == '%' || path[i - 2] == '%');
    const bool letter = lower(path[i]) >= 'a' && lower(path[i]) <= 'z';
    if (letter && !escape) return path.substr(0, i) + '%' + kDigits[byte >> 4U] + kDigits[byte & 0xfU] + path.substr(i + 1);
  }
  return path;
}

Result<std::vector<Detour>> paths(Bench& bench) {
  const std::string own = bench.subject().url.origin_form();
  const std::string path = own.substr(0, own.find('?'));
  const std::string query = own.substr(path.size());
  const Step nowhere =
      unsigned_step({{.op = Op::set_path, .text = "/hookctl-" + random_text(bench.choices(), "abcdefghijklmnopqrstuvwxyz", 12) + query}});
  std::vector<Detour> out;
  const auto add = [&](const std::string& name, const std::string& target) {
    if (target != own)
      out.push_back({forgery("an unsigned event at the path " + name, unsigned_step({{.op = Op::set_path, .text = target}})), nowhere});
  };
  add("with a slash behind it", path + "/" + query);
  add("with two slashes in front", "/" + path + query);
  add("in upper case", in_upper_case(path) + query);
  add("with ';x' behind it", path + ";x" + query);
  add("with another query", path + (query.empty() ? "?a=b" : query + "&a=b"));
  add("with a letter percent-encoded", percent_encoded(path) + query);
  return forged(bench, std::move(out));
}

}  // namespace

std::vector<RuleCode> unsigned_request_rules() {
  return {
      {.id = "signature/content-type", .cases = content_type, .follows = kMissing},
      {.id = "signature/method", .trial = [](Bench& bench) { return try_detours(bench, methods); }, .follows = kMissing},
      {.id = "signature/path", .trial = [](Bench& bench) { return try_detours(bench, paths); }, .follows = kMissing},
      {.id = "signature/malformed", .cases = malformed, .follows = kMissing},
  };
}

}  // namespace hookctl::check
