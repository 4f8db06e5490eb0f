/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What collectd opens before its loop; whatever is wrong here ends it. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "collector/collectd_parts.h"
#include "collector/keys.h"

#define SPARE_FILES 256 /* descriptors besides those of the agents */

/* A flood of connections against a low limit makes libzmq spin. */
static void raise_files(size_t agents)
{
	struct rlimit limit;
	rlim_t wanted = 2 * agents + SPARE_FILES;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
		log_line(LOG_WARN,
		        "only %llu files may be open, %llu are needed for %zu agents; "
		        "raise "
		        "LimitNOFILE",
		        (unsigned long long)limit.rlim_cur, (unsigned long long)wanted,
		        agents);
}

void collectd_open_archive(struct collectd *collectd)
{
	const struct collectd_config *config = &collectd->config;
	struct archive_identity *identity = &collectd->identity;
	struct problem why;
	int status;
	if (config->zone.id == NULL || config->zone.id[0] == '\0') {
		status = archive_identify(config->archive, identity, &why);
	} else {
		*identity = (struct archive_identity){ .utc_offset_min =
			                                       config->utc_offset_min };
		snprintf(identity->zone, sizeof identity->zone, "%s", config->zone.id);
		snprintf(identity->zone_name, sizeof identity->zone_name, "%.127s",
		        config->zone.name[0] != '\0' ? config->zone.name
		                                     : config->zone.id);
		status = archive_create(config->archive, identity, &why);
	}
	if (status != OK)
		fatal(why.exit, "%s", why.text);
	struct ingest_options options = { .dir = config->archive,
		.allow_simulated = config->allow_simulated,
		.sign_key = config->sign_key,
		.hold_us = config->hold_s > 0 ? (int64_t)(config->hold_s * 1e6) : -1 };
	if (ingest_open(&collectd->ingest, &options, &why) != OK)
		fatal(why.exit, "%s", why.text);
}

void collectd_open_link(struct collectd *collectd)
{
	const struct collectd_config *config = &collectd->config;
	struct problem why;
	raise_files((size_t)config->most_agents);
	if (keys_own(config->key, &collectd->own, &why) != OK)
		fatal(why.exit, "%s", why.text);
	struct server_options options = { .endpoint = config->listen,
		.own = &collectd->own,
		.agents_folder = config->agents,
		.most_agents = (size_t)config->most_agents,
		.held = (int)collectd->desk.window };
	if (server_socket_open(&collectd->server, &options, &why) != OK)
		fatal(why.exit, "%s", why.text);
	int agents = server_socket_reload(collectd->server);
	collectd->agents = agents > 0 ? (size_t)agents : 0;
	log_line(LOG_INFO, "listens on %s for %zu agents; public key %s",
	        server_socket_endpoint(collectd->server), collectd->agents,
	        collectd->own.public_key);
}
