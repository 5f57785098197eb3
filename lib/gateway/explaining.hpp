// Why a received request is not valid, found on the loop's thread: little enough that nothing else waits, however many forged requests a
// stranger sends; and the answer that tells it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/message.hpp"
#include "provider/catalog.hpp"
#include "signing/diagnose.hpp"

namespace hookctl::gateway {

// At most 10 diagnoses and 50 milliseconds a second, of bodies up to 256 KiB (larger ones get verify()'s plain code), each of 4 MiB hashed
// and written and 30 milliseconds: the causes that are met most often are tried, all of them for bodies of the usual size. Of a shared
// word (Kind::token) it is not told that a part of it, or another form of it, was sent: that would help in guessing it. `verify --id`
// searches farther. Loop thread only.
class Explaining {
 public:
  // The best diagnosis of an invalid request, or nothing when that is too much now.
  std::optional<signing::Diagnosis> explain(provider::Catalog& catalog, const provider::Provider& sender, const signing::Keys& keys, const http::Request& request,
                                            const signing::VerifyInputs& inputs, const signing::Verification& found);

 private:
  std::int64_t second_{0};
  int this_second_{0};
  std::int64_t spent_ms_{0};  // in this second
};

// Does the sender run on this machine, as far as can be seen? It must connect from it, name it in Host, and no proxy may say that it passed
// the request on: behind a tunnel everybody connects from this machine.
bool is_local(const std::string& remote, const http::Request& request);

// 401: {"error":"invalid_signature","message":…,"request":…}, and with a diagnosis also code, cause, remedy and confidence. Pass one for a
// sender on this machine only: whether a forgery came near is nothing a stranger should learn. `plain` is what verify() says, for the others.
http::Response invalid_answer(const std::string& plain, const signing::Diagnosis* diagnosis, const std::string& request_id);

}  // namespace hookctl::gateway
