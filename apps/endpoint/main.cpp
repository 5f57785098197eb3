// A webhook endpoint such as a newcomer would write, on cpp-httplib: it takes any event at /webhook, prints its type and answers 200. The
// quickstart sends to it. It checks no signature, for that is what `hookctl listen --provider … --secret …` in front of it does.
#include <httplib.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

namespace {

std::string type_of(const httplib::Request& request) {
  if (request.has_header("X-GitHub-Event")) return request.get_header_value("X-GitHub-Event");
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  if (body.is_object() && body.contains("type") && body["type"].is_string()) return body["type"].get<std::string>();
  return "unknown";
}

}  // namespace

int main() {
  httplib::Server server;
  server.Post("/webhook", [](const httplib::Request& request, httplib::Response& response) {
    std::printf("endpoint: got %s, %zu bytes\n", type_of(request).c_str(), request.body.size());
    std::fflush(stdout);
    response.set_content("{\"ok\":true}\n", "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port < 0) return 1;
  std::printf("%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
