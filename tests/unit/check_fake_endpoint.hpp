// An endpoint in memory for the rules of a check: sound as it comes, with hooks that make it flawed. It verifies signatures, takes each
// event once, has an effect for each, and no time goes by in it. And a bench in front of it.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "check/bench.hpp"
#include "check/rule.hpp"
#include "check_subjects.hpp"
#include "http/codec.hpp"
#include "signing/verify.hpp"

namespace hookctl::test {

class FakeEndpoint : public http::WireClient, public check::EffectsProbe {
 public:
  explicit FakeEndpoint(const check::Subject& subject) : subject_(subject) {
    for (const provider::Fixture& sample : subject.samples) known.insert(sample.event);
  }

  // --- hooks: each stands in the place of what a sound endpoint does ---
  std::function<std::optional<http::Response>(http::Request&)> first{};                     // before all else; may change the request
  std::function<bool(const http::Request&, const signing::Verification&)> accepts{};        // is the signature right?
  std::function<std::string(const http::Request&, const provider::EventName&)> identity{};  // what tells events apart, "" for nothing
  std::function<std::optional<http::Response>(const http::Request&, const provider::EventName&)>
      work{};  // of a new event; no answer: its effect
  std::function<std::optional<http::Response>(const http::Request&, const http::Refusal&)> malformed{};
  std::function<std::int64_t(const http::Request&, const http::Response&)> takes_ms{};  // how long the answer takes
  std::function<void(const http::WirePlan&)> on_plan{};                                 // sees every connection, broken ones too
  bool any_path{false}, any_method{false};
  bool down{false};  // nobody listens

  // --- what is known of it ---
  std::set<std::string> known;             // event types
  std::vector<std::string> effects;        // ids of the events that had them, in their order
  nlohmann::ordered_json state = nullptr;  // for the probe, where it is not null
  std::vector<http::Request> requests;
  bool ids_in_probe{true};

  std::vector<http::WireReply> exchange(const std::vector<http::WirePlan>& plans) override {
    std::vector<http::WireReply> replies;
    for (const http::WirePlan& plan : plans) replies.push_back(serve(plan));
    return replies;
  }

  Result<check::Effects> read() override {
    nlohmann::ordered_json out{{"count", effects.size()}};
    if (ids_in_probe) out["ids"] = effects;
    if (!state.is_null()) out["state"] = state;
    return check::parse_effects(out.dump());
  }

  // What a sound endpoint answers; hooks may call it.
  http::Response answer(http::Request request) {
    requests.push_back(request);
    if (first) {
      if (auto done = first(request)) return *std::move(done);
    }
    const std::string own = subject_.url.origin_form();
    if (!any_path && path_of(request.target) != path_of(own)) return say(404, "no such path");
    if (!any_method && request.method != subject_.provider->method) return say(405, "POST only");
    const signing::Verification verification = verify(request);
    if (accepts ? !accepts(request, verification) : verification.verdict == signing::Verdict::invalid) return say(401, "bad signature");
    const bool is_json = request.headers.find("Content-Type").value_or("").find("json") != std::string_view::npos;
    if (is_json && !nlohmann::json::accept(request.body)) return say(400, "no JSON");
    const provider::EventName name = provider::name_event(*subject_.provider, request);
    if (!known.contains(name.type)) return json(200, {{"ignored", true}});
    const std::string id = identity ? identity(request, name) : name.id;
    if (!id.empty() && seen_.contains(id)) return json(200, {{"received", true}});
    if (work) {
      if (auto done = work(request, name)) return *std::move(done);
    }
    if (!id.empty()) seen_.insert(id);
    effects.push_back(name.id);
    return json(200, {{"received", true}});
  }

  signing::Verification verify(const http::Request& request) const {
    http::Url url = subject_.url;
    url.target = request.target;
    const signing::VerifyInputs inputs{.url = url.text(), .audience = subject_.url.text(), .now = SystemClock().now(), .explain = true};
    return signing::verify(subject_.provider->scheme, subject_.keys, request, inputs).value();
  }

  static http::Response say(int status, const std::string& text) {
    http::Response out;
    out.status = status;
    out.headers.add("Content-Type", "text/plain");
    out.body = text;
    return out;
  }
  static http::Response json(int status, const nlohmann::ordered_json& body) {
    http::Response out = say(status, body.dump());
    out.headers.set("Content-Type", "application/json");
    return out;
  }
  void forget() { seen_.clear(); }

 private:
  static std::string path_of(const std::string& target) { return target.substr(0, target.find('?')); }

  // One connection: requests are answered while whole ones stand in what was written.
  http::WireReply serve(const http::WirePlan& plan) {
    if (on_plan) on_plan(plan);
    http::WireReply reply;
    if (down) {
      reply.failure = http::SendFailure{http::SendFault::unreachable, "connection refused"};
      return reply;
    }
    std::string bytes;
    for (const http::WirePiece& piece : plan.pieces) {
      bytes += piece.bytes;
      reply.continued = reply.continued || piece.await_continue;
      reply.total_ms += piece.pause_ms;
    }
    while (!bytes.empty() && serve_one(bytes, plan, reply)) {
    }
    reply.total_ms += reply.duration_ms;
    if (plan.ending != http::WirePlan::Ending::answers) {
      reply.answers.clear();
    } else if (reply.answers.size() < plan.methods.size() && !reply.failure) {
      reply.failure = http::SendFailure{http::SendFault::closed, "connection closed"};
    }
    return reply;
  }

  // Answers the first request in `bytes` and takes it off; false when there is no whole one or the connection ends.
  bool serve_one(std::string& bytes, const http::WirePlan& plan, http::WireReply& reply) {
    const std::size_t end = http::find_head_end(bytes, 0);
    if (end == std::string::npos) return false;
    auto head = http::parse_request_head(std::string_view(bytes).substr(0, end), {});
    if (const auto* refusal = std::get_if<http::Refusal>(&head)) {
      std::optional<http::Response> answer;
      if (malformed) answer = malformed({}, *refusal);
      reply.answers.push_back(answer ? *answer : say(refusal->status, refusal->message));
      return false;
    }
    auto request = std::get<http::Request>(std::move(head));
    bytes.erase(0, end);
    if (!take_body(bytes, request)) return false;
    http::Response answer = this->answer(request);
    reply.duration_ms = takes_ms ? takes_ms(request, answer) : 1;
    if (reply.duration_ms > plan.timeout_ms) {
      reply.failure = http::SendFailure{http::SendFault::timeout, "no answer in time"};
      return false;
    }
    if (answer.status == 0) {  // a hook's word for a connection that ends without an answer
      reply.failure = http::SendFailure{http::SendFault::closed, "connection closed"};
      return false;
    }
    reply.answers.push_back(std::move(answer));
    return http::keeps_alive(request.headers, request.minor_version);
  }

  static bool take_body(std::string& bytes, http::Request& request) {
    if (request.framing == http::Framing::chunked) {
      http::ChunkedDecoder decoder{http::Limits{}};
      const auto taken = decoder.feed(bytes, request.body, request.raw_body);
      if (!std::holds_alternative<std::size_t>(taken) || !decoder.done()) return false;
      bytes.erase(0, std::get<std::size_t>(taken));
      return true;
    }
    const auto length = static_cast<std::size_t>(http::content_length(request.headers));
    if (bytes.size() < length) return false;
    request.body = bytes.substr(0, length);
    bytes.erase(0, length);
    return true;
  }

  const check::Subject& subject_;
  std::set<std::string> seen_;
};

// A subject with its endpoint and a bench that has learnt what preflight would, with effects that settle at once.
struct FakeCheck {
  explicit FakeCheck(const std::string& provider, bool with_probe = true, std::uint64_t seed = 1)
      : subject(checked(provider).subject), endpoint(subject), with_probe_(with_probe), seed_(seed) {}

  check::Subject subject;
  FakeEndpoint endpoint;
  SystemClock clock{};
  SystemRandom ids{};
  check::Listener* listener{nullptr};
  check::Program* program{nullptr};

  // Made when it is first asked for: change subject and hooks of the sound path before.
  check::Bench& bench() {
    if (bench_) return *bench_;
    bench_.emplace(check::BenchParts{.subject = subject,
                                     .wire = endpoint,
                                     .clock = clock,
                                     .ids = ids,
                                     .seed = seed_,
                                     .probe = with_probe_ ? &endpoint : nullptr,
                                     .program = program,
                                     .listener = listener});
    check::Learnt& learnt = bench_->learnt();
    learnt.settle_ms = 0;
    for (const provider::Fixture& sample : subject.samples) {
      auto shot = bench_->deliver(check::Step{.event = sample.event});
      if (!shot || !shot->success()) continue;
      learnt.tried.push_back(*shot);
      learnt.handled.push_back({sample.event, true, shot->duration_ms, check::shape_of(*shot->answer)});
      learnt.shapes.insert(check::shape_of(*shot->answer));
    }
    return *bench_;
  }

  // Tries a rule once, as a run does: its cases until one shows a fault, or its own trial.
  Result<check::Outcome> outcome(const check::RuleCode& rule) {
    if (rule.trial) return rule.trial(bench());
    auto cases = rule.cases(bench());
    if (!cases) return cases.error();
    check::Outcome out;
    std::optional<Error> unfit;
    bool any = false;
    for (const check::Case& one : *cases) {
      auto played = bench().play(one);
      if (!played && played.error().kind != ErrorKind::usage) return played.error();
      if (!played) {
        unfit = played.error();
        continue;
      }
      any = true;
      out.fault = check::judge(bench(), one, *played, &out.remark);
      if (!out.fault && one.control && !check::Bench::is_good(bench().control().value(), subject.budget_ms)) {
        out.fault = check::Fault{};
        out.fault->summary = one.name + ": plain events are not accepted after it";
      }
      if (out.fault) return out;
    }
    if (!any && unfit) return *unfit;
    return out;
  }

  // "" when the rule holds, "skipped: …", or the summary of its fault.
  std::string verdict(const std::vector<check::RuleCode>& rules, std::string_view id) {
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const check::RuleCode& code) { return code.id == id; });
    if (rule == rules.end()) return "no such rule";
    auto done = outcome(*rule);
    if (!done) return (done.error().kind == ErrorKind::usage ? "skipped: " : "error: ") + done.error().message;
    return done->fault ? done->fault->summary : "";
  }

 private:
  bool with_probe_;
  std::uint64_t seed_;
  std::optional<check::Bench> bench_{};
};

}  // namespace hookctl::test
