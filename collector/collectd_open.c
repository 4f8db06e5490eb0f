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

/* Messages that libzmq takes in of one connection.  A cabinet never comes near it, and who does not wait for
 * answers loses his connection long before: at this mark, hanging up, he could end the program. */
#define HELD_MOST 65536

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

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What the journals do not need of the descriptors is for connections, two of each
 * agent at least, and a part of it for those who stand in the queue when there are too
 * many. */
static void share_files(const struct collectd *collectd, struct server_options *options)
{
	size_t agents = options->most_agents, allowed = files_allowed();
	size_t journals = ingest_journals(collectd->ingest) + agents;
	size_t own = FILES_OWN + FILES_JOURNAL * journals;
	size_t needed = own + 2 * agents + least(FILES_WAITING, agents * 2 / 3 + 1);
	size_t right = own + 2 * agents + FILES_STRANGER + FILES_WAITING;
	if (allowed < needed)
		fatal(EXIT_CONFIG,
		        "only %zu files may be open at once, %zu agents with %zu "
		        "journals need %zu; raise LimitNOFILE, or lower most_agents",
		        allowed, agents, journals, needed);
	size_t connections = least(allowed, right) - own;
	options->waiting = (int)least(FILES_WAITING, connections / 4);
	options->most_open = connections - (size_t)options->waiting - 1;
	if (allowed < right)
		log_line(LOG_WARN,
		        "only %zu files may be open at once, %zu would be right for "
		        "%zu agents: nobody new is let in when %zu are connected; "
		        "raise LimitNOFILE",
		        allowed, right, agents, options->most_open);
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
	struct server_options options = { .endpoint = config->listen,
		.own = &collectd->own,
		.agents_folder = config->agents,
		.most_agents = (size_t)config->most_agents,
		.held = HELD_MOST,
		.most_unanswered = 2 * desk_held(collectd->desk.window) };
	share_files(collectd, &options);
	if (server_socket_open(&collectd->server, &options, &why) != OK)
		fatal(why.exit, "%s", why.text);
	int agents = server_socket_reload(collectd->server);
	collectd->agents = agents > 0 ? (size_t)agents : 0;
	log_line(LOG_INFO, "listens on %s for %zu agents; public key %s",
	        server_socket_endpoint(collectd->server), collectd->agents,
	        collectd->own.public_key);
}
