// What `listen` says of a provider's challenge, for people and as a record.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "gateway/observer.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

// "18:40:01.219  --- challenge url_verification answered", and what there is to know or to do, a line each.
std::string handshake_text(const ui::Paint& paint, const gateway::Handshake& handshake);
// Where the secret is that it handed over, and how to use it: masked, never the secret.
std::string handshake_secret_text(const gateway::Handshake& handshake);
// hookctl.handshake.v1
nlohmann::ordered_json handshake_record(const gateway::Handshake& handshake);

}  // namespace hookctl
