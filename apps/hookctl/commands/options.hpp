// Options that several commands share, and how their words become values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command.hpp"
#include "http/transport.hpp"
#include "net/loop.hpp"
#include "provider/provider.hpp"
#include "signing/keys.hpp"
#include "store/journal.hpp"

namespace hookctl {

// --- groups of options, to be joined ---------------------------------------------------------------------------------------------------
std::vector<Option> form_options();       // --algorithm, --signature-header and the rest of a signature's form
std::vector<Option> provider_options();   // --provider, and the form
std::vector<Option> signing_key_options();    // --secret, --private-key
std::vector<Option> verifying_key_options();  // --secret, --public-key, --certificate, --fetch-keys
std::vector<Option> tls_options();        // --cacert, --insecure
std::vector<Option> output_options();     // --json, --color, --config
Option audience_option();
Option journal_option();
Option now_option();
Option header_option(const std::string& help);
Option fixtures_option();
Option verify_token_option(const std::string& group);
Option timeout_option(const std::string& help);
std::vector<Option> joined(std::vector<std::vector<Option>> groups);

// --- what they mean --------------------------------------------------------------------------------------------------------------------
// --color, from here on.
void set_colours(Session& session, const Arguments& arguments);

// --fixtures, from here on. `usage` when it is no folder.
Result<void> use_fixtures(Session& session, const Arguments& arguments);

// Secrets and keys from --secret, --public-key and --private-key (each VALUE, env:NAME, file:PATH or -) and --certificate (a file).
Result<signing::Keys> read_keys(const Arguments& arguments);

// --verify-token, or nothing.
Result<std::optional<std::string>> read_verify_token(const Arguments& arguments);

// Are the keys there that signing as this provider takes, or verifying it? `usage` names the option.
Result<void> check_signing_keys(const provider::Provider& provider, const signing::Keys& keys);
Result<void> check_verifying_keys(const provider::Provider& provider, const signing::Keys& keys);

using ProviderPtr = std::shared_ptr<const provider::Provider>;
// The provider of that id or path, with the form options (--algorithm, --signature-header, …) applied to a copy where they are given.
Result<ProviderPtr> read_provider(Session& session, const Arguments& arguments, const std::string& id_or_path);

// For commands of the form NAME list|show: `word` is neither. `hint` when it is no misspelling.
Error no_such_action(const std::string& word, const std::string& hint);

// The time a command works with: --now, or the clock's.
Result<UnixMs> read_now(const Session& session, const Arguments& arguments);

// "Name: value" of --header, in order. `usage` for a word that is no header.
Result<http::Headers> read_headers(const Arguments& arguments);

// The URL of an option's words; errors name the option.
Result<http::Url> read_url(const std::string& option, const std::string& text);

net::ClientOptions client_options(const Arguments& arguments);
std::string journal_path(const Arguments& arguments);
// --tolerance in seconds.
std::optional<double> tolerance_s(const Arguments& arguments);

}  // namespace hookctl
