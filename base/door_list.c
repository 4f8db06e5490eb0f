/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door's list: the <station>.pub files of a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/door.h"
#include "base/log.h"

static int agent_order(const void *a, const void *b)
{
	return strcmp(((const struct agent *)a)->user, ((const struct agent *)b)->user);
}

/* Station of "<station>.pub"; 1, or 0: another file. */
static int name_of(const char *folder, const char *file, char user[SOURCE_SIZE + 1])
{
	const char *dot = strrchr(file, '.');
	if (dot == NULL || strcmp(dot, ".pub") != 0)
		return 0;
	if (dot - file <= SOURCE_SIZE) {
		memcpy(user, file, (size_t)(dot - file));
		user[dot - file] = '\0';
		if (id_valid(user, SOURCE_SIZE))
			return 1;
	}
	log_seldom(LOG_WARN, folder,
	        "%s holds a .pub file whose name is no station's (at most %d of a-z, "
	        "0-9, '-' "
	        "and '_'); nobody is admitted by it",
	        folder, SOURCE_SIZE);
	return 0;
}

/* One file into the list; a bad one is named and passed over, never a reason to refuse
 * the others. */
static int agent_read(struct agent *agent, const char *folder, const char *file)
{
	char path[4096 + 256];
	struct problem why;
	if (!name_of(folder, file, agent->user))
		return 0;
	snprintf(path, sizeof path, "%s/%s", folder, file);
	if (key_read(path, agent->key_text, 0, &why) != OK) {
		log_seldom(LOG_WARN, path, "%s", why.text);
		return 0;
	}
	return key_bytes(agent->key_text, agent->key) == OK;
}

/* A key under two names has no identity: only the first name, in order, keeps it. */
static size_t drop_twins(struct agent *agent, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		size_t twin = 0;
		while (twin < kept &&
		        memcmp(agent[twin].key, agent[i].key, KEY_BYTES) != 0)
			twin++;
		if (twin == kept)
			agent[kept++] = agent[i];
		else
			log_seldom(LOG_WARN, agent[i].user,
			        "%s.pub holds the key of %s; %s is not admitted: give "
			        "it a key of "
			        "its own",
			        agent[i].user, agent[twin].user, agent[i].user);
	}
	return kept;
}

/* Read the folder into `agent`; how many, or FAILED. */
static int list_read(const char *folder, struct agent *agent, size_t most)
{
	size_t n = 0;
	DIR *dir = opendir(folder);
	if (dir == NULL)
		return FAILED;
	errno = 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL; errno = 0) {
		struct agent one;
		if (!agent_read(&one, folder, entry->d_name))
			continue;
		if (n == most) {
			log_seldom(LOG_WARN, "most agents",
			        "%s holds more than %zu agents; %s is not admitted: "
			        "raise "
			        "most_agents",
			        folder, most, one.user);
			continue;
		}
		agent[n++] = one;
	}
	/* half a list would shut the others out */
	int error = errno;
	closedir(dir);
	errno = error;
	if (error != 0)
		return FAILED;
	qsort(agent, n, sizeof *agent, agent_order);
	return (int)drop_twins(agent, n);
}

int door_reload(struct door *door)
{
	struct agent *fresh = calloc(door->most_agents, sizeof *fresh);
	int n = fresh != NULL ? list_read(door->folder, fresh, door->most_agents)
	                      : FAILED;
	if (n < 0) {
		free(fresh);
		return FAILED;
	}
	pthread_mutex_lock(&door->lock);
	struct agent *old = door->agent;
	door->agent = fresh;
	door->n_agents = (size_t)n;
	pthread_mutex_unlock(&door->lock);
	free(old);
	return n;
}

const struct agent *door_agent_of_key(const struct door *door, const uint8_t *key)
{
	for (size_t i = 0; i < door->n_agents; i++)
		if (memcmp(door->agent[i].key, key, KEY_BYTES) == 0)
			return &door->agent[i];
	return NULL;
}

/* The user's place in the list, whatever its key; NULL: none.  With the lock held. */
static const struct agent *agent_of_user(const struct door *door, const char *user)
{
	struct agent wanted = { .key_text = "" };
	snprintf(wanted.user, sizeof wanted.user, "%s", user);
	return bsearch(
	        &wanted, door->agent, door->n_agents, sizeof *door->agent, agent_order);
}

bool door_lists(struct door *door, const char *user)
{
	pthread_mutex_lock(&door->lock);
	bool listed = agent_of_user(door, user) != NULL;
	pthread_mutex_unlock(&door->lock);
	return listed;
}

bool door_admits(const struct door *door, const char *user, const char *key_text)
{
	const struct agent *found = agent_of_user(door, user);
	return found != NULL && strcmp(found->key_text, key_text) == 0;
}

bool door_lists_key(const struct door *door, const char *key_text)
{
	for (size_t i = 0; i < door->n_agents; i++)
		if (strcmp(door->agent[i].key_text, key_text) == 0)
			return true;
	return false;
}
