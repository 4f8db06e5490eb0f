/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What collectd opens before its loop; whatever is wrong here ends it. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "collector/collectd_parts.h"
#include "collector/keys.h"

#define FILES_MOST     65536 /* never more are asked for */
#define FILES_OWN      40    /* of libzmq, the sealer, the log */
#define FILES_JOURNAL  3     /* folder, segment, the one allocated ahead */
#define FILES_STRANGER 256   /* connections besides two of each agent */
#define FILES_WAITING  64    /* in the queue of the system */

static size_t files_allowed(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	rlim_t wanted = limit.rlim_max < FILES_MOST ? limit.rlim_max : FILES_MOST;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = wanted;
		setrlimit(RLIMIT_NOFILE, &limit);
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur < FILES_MOST ? (size_t)limit.rlim_cur : FILES_MOST;
}

/* What the journals do not need of the descriptors is for connections, and a part of
 * that for those who wait outside when there are too many. */
static size_t connections_most(const struct collectd *collectd)
{
	size_t agents = (size_t)collectd->config.most_agents, allowed = files_allowed();
	size_t journals = ingest_journals(collectd->ingest) + agents;
	size_t own = FILES_OWN + FILES_JOURNAL * journals;
	size_t wanted = 2 * agents + FILES_STRANGER + FILES_WAITING;
	if (allowed >= own + wanted)
		return wanted;
	if (allowed < own + agents)
		fatal(EXIT_CONFIG,
		        "only %zu files may be open at once, %zu agents with %zu "
		        "journals need %zu; raise LimitNOFILE, or lower most_agents",
		        allowed, agents, journals, own + agents);
	log_line(LOG_WARN,
	        "only %zu files may be open at once, %zu would be right for %zu "
	        "agents: "
	        "when %zu connections are there, nobody new is let in; raise "
	        "LimitNOFILE",
	        allowed, own + wanted, agents, allowed - own);
	return allowed - own;
}

void collectd_open_archive(struct collectd *collectd)
{
	const struct collectd_config *config = &collectd->config;
	struct archive_identity *identity = &collectd->identity;
	struct problem why;
	int status;
	files_allowed(); /* the journals need some */
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
	if (keys_own(config->key, &collectd->own, &why) != OK)
		fatal(why.exit, "%s", why.text);
	size_t connections = connections_most(collectd);
	size_t waiting =
	        connections / 4 < FILES_WAITING ? connections / 4 : FILES_WAITING;
	struct server_options options = { .endpoint = config->listen,
		.own = &collectd->own,
		.agents_folder = config->agents,
		.most_agents = (size_t)config->most_agents,
		.held = (int)collectd->desk.window,
		.most_open = connections - waiting,
		.waiting = (int)waiting };
	if (server_socket_open(&collectd->server, &options, &why) != OK)
		fatal(why.exit, "%s", why.text);
	int agents = server_socket_reload(collectd->server);
	collectd->agents = agents > 0 ? (size_t)agents : 0;
	log_line(LOG_INFO, "listens on %s for %zu agents; public key %s",
	        server_socket_endpoint(collectd->server), collectd->agents,
	        collectd->own.public_key);
}
