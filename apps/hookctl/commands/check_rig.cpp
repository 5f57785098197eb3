#include "commands/check_rig.hpp"

#include "base/text.hpp"
#include "check/program.hpp"
#include "commands/outgoing.hpp"
#include "net/wire_client.hpp"
#include "process/child.hpp"

namespace hookctl {

namespace {

bool looks_like_url(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://") ||
         (text.find(' ') == std::string::npos && http::parse_url(text).ok() && text.find('/') != 0 && text.find("./") != 0);
}

}  // namespace

ListeningThread::~ListeningThread() {
  if (!thread_.joinable()) return;
  loop_.post([this] { loop_.drain(0); });
  thread_.join();
}

Result<void> ListeningThread::start() {
  net::ServerOptions options;
  options.port = 0;
  auto address = loop_.listen(options, listener_);
  if (!address) return address.error();
  listener_.set_origin("http://" + address->text());
  thread_ = std::thread([this] { loop_.run(); });
  return {};
}

Result<void> Rig::make_probe(const Arguments& arguments, const EndpointSetup& setup) {
  if (setup.effects.empty()) return {};
  if (looks_like_url(setup.effects)) {
    auto url = read_url("effects", setup.effects);
    if (!url) return url.error();
    auto client = net::make_blocking_client(client_options(arguments));
    if (!client) return client.error();
    probe_client_ = *std::move(client);
    probe_ = check::url_probe(*probe_client_, *url);
    return {};
  }
  auto words = process::split_words(setup.effects);
  if (!words) return usage_error("--effects: " + words.error().message, words.error().hint);
  probe_ = check::command_probe(*std::move(words));
  return {};
}

Result<void> Rig::set_up(const Arguments& arguments, const EndpointSetup& setup) {
  auto wire = net::make_wire_client(client_options(arguments));
  if (!wire) return wire.error();
  wire_ = *std::move(wire);
  if (auto made = make_probe(arguments, setup); !made) return made;
  if (auto started = listening_.start(); !started) return started;
  if (setup.spawn.empty()) return {};
  auto program = check::start_program(*wire_, {.words = setup.spawn, .url = setup.subject.url, .interrupted = was_interrupted});
  if (!program) return program.error();
  program_ = *std::move(program);
  return {};
}

check::BenchParts Rig::parts(const Session& session, const EndpointSetup& setup, Random& ids, std::uint64_t seed) {
  return {.subject = setup.subject,
          .wire = *wire_,
          .clock = session.clock,
          .ids = ids,
          .seed = seed,
          .probe = probe_.get(),
          .program = program_.get(),
          .listener = &listening_.listener(),
          .pid = setup.pid,
          .interrupted = was_interrupted,
          .on_shot = {}};
}

void name_report(report::Report& report, const std::string& tool, const EndpointSetup& setup, UnixMs started_at, std::uint64_t seed) {
  report.tool = tool;
  report.version = HOOKCTL_VERSION;
  report.target = setup.subject.url.text();
  report.provider = setup.provider->id;
  report.started_at = started_at;
  report.seed = seed;
}

}  // namespace hookctl
