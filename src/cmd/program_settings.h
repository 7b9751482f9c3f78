#pragma once
// What the user has set, as commands use it.

#include "client/client.h"
#include "registry/store.h"
#include "serving/compute.h"
#include "settings/settings.h"

namespace cria::cmd {

// Read when it is first asked for; errors are those of settings::Settings.
const settings::Settings& program_settings();

registry::Store open_store();
client::Client open_client();

// What is not said is as it is set: `threads` 0, `cache_type` "".
serving::ComputeOptions with_settings(serving::ComputeOptions asked);

}  // namespace cria::cmd
